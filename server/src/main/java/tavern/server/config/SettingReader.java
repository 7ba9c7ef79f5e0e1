package tavern.server.config;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tavern.server.ops.Setting;

/**
 * Reads one setting at a time. A bad value is reported and replaced by its default, so that reading continues and finds
 * the other problems too.
 */
final class SettingReader {
    private static final String FILE_NAMES = System.getProperty("sun.jnu.encoding", "UTF-8");
    private static final boolean FILE_NAMES_ARE_UTF_8 = FILE_NAMES.equalsIgnoreCase("UTF-8");
    private static final long BYTES_MAX = 1L << 40;

    /** Of the section; empty for the whole configuration. */
    private final String prefix;

    private final Config config;
    private final Config defaults;
    private final List<ConfigProblem> problems;

    SettingReader(Config config, Config defaults, List<ConfigProblem> problems) {
        this("", config, defaults, problems);
    }

    private SettingReader(String prefix, Config config, Config defaults, List<ConfigProblem> problems) {
        this.prefix = prefix;
        this.config = config;
        this.defaults = defaults;
        this.problems = problems;
    }

    /** Sections by names that the user chooses. What they leave out is as in another section. */
    SortedMap<String, SettingReader> sections(String key, String defaultsKey) {
        SortedMap<String, SettingReader> sections = new TreeMap<>();
        config.getObject(key).forEach((name, value) -> {
            Config own = ((ConfigObject) value).toConfig().withFallback(config.getConfig(defaultsKey));
            String section = key + "." + ConfigUtil.joinPath(name) + ".";
            sections.put(name, new SettingReader(section, own, defaults.getConfig(defaultsKey), problems));
        });
        return sections;
    }

    /** Keys are relative to the section from here on. */
    SettingReader section(String key) {
        return new SettingReader(key + ".", config.getConfig(key), defaults.getConfig(key), problems);
    }

    void problem(String key, String cure) {
        ConfigValue value = config.getValue(key);
        String whole = prefix + key;
        problems.add(new ConfigProblem(whole, Secrets.show(whole, value), Origins.of(value.origin()), cure));
    }

    /** Every setting in a form that may be shown. */
    SortedMap<String, Setting> inForce() {
        SortedMap<String, Setting> all = new TreeMap<>();
        config.entrySet().forEach(entry -> {
            ConfigValue value = entry.getValue();
            all.put(entry.getKey(), new Setting(Secrets.show(entry.getKey(), value), Origins.of(value.origin())));
        });
        return all;
    }

    String text(String key) {
        Object value = config.getAnyRef(key);
        if (value instanceof List) {
            problem(key, "must be one text, not a list");
            return defaults.getString(key);
        }
        return value.toString();
    }

    /** A file or folder, or null when none is set or a problem was reported. */
    @Nullable
    Path path(String key) {
        String text = text(key);
        if (text.isBlank()) {
            return null;
        }
        try {
            Path path = Path.of(text);
            if (FILE_NAMES_ARE_UTF_8 || US_ASCII.newEncoder().canEncode(text)) {
                return path;
            }
        } catch (InvalidPathException e) {
            if (US_ASCII.newEncoder().canEncode(text)) {
                problem(key, "must be the name of a file or folder");
                return null;
            }
        }
        // Java would encode these letters in other bytes than SQLite does, or not at all.
        problem(
                key,
                "this locale has no such letters in file names (Java takes them for " + FILE_NAMES
                        + "); start the server with LC_ALL=C.UTF-8, or use ASCII only");
        return null;
    }

    int whole(String key, int min, int max) {
        BigDecimal value = number(key, min, max, "a whole number");
        if (value.stripTrailingZeros().scale() > 0) {
            problem(key, range("a whole number", min, max));
            return defaults.getInt(key);
        }
        return value.intValueExact();
    }

    /** A number of bytes; 0 means that the value is derived. */
    long bytes(String key) {
        BigDecimal value = number(key, 0, BYTES_MAX, "a whole number of bytes");
        if (value.stripTrailingZeros().scale() > 0) {
            problem(key, range("a whole number of bytes", 0, BYTES_MAX));
            return defaults.getLong(key);
        }
        return value.longValueExact();
    }

    double decimal(String key, double min, double max) {
        return number(key, min, max, "a number").doubleValue();
    }

    private BigDecimal number(String key, double min, double max, String what) {
        BigDecimal fallback = new BigDecimal(defaults.getString(key));
        try {
            BigDecimal value = new BigDecimal(text(key).strip());
            if (value.compareTo(BigDecimal.valueOf(min)) >= 0 && value.compareTo(BigDecimal.valueOf(max)) <= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            problem(key, range(what, min, max));
            return fallback;
        }
        problem(key, range(what, min, max));
        return fallback;
    }

    private static String range(String what, double min, double max) {
        return "must be " + what + " from " + plain(min) + " to " + plain(max);
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    boolean flag(String key) {
        String value = text(key).toLowerCase(Locale.ROOT);
        if (!value.equals("true") && !value.equals("false")) {
            problem(key, "must be true or false");
            return defaults.getBoolean(key);
        }
        return value.equals("true");
    }

    /** A constant by its name in lower case. */
    <E extends Enum<E>> E choice(String key, Class<E> type) {
        String value = text(key);
        for (E constant : type.getEnumConstants()) {
            if (name(constant).equals(value)) {
                return constant;
            }
        }
        problem(
                key,
                "must be "
                        + Stream.of(type.getEnumConstants())
                                .map(SettingReader::name)
                                .collect(Collectors.joining(" or ")));
        return Enum.valueOf(type, defaults.getString(key).toUpperCase(Locale.ROOT));
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    List<String> texts(String key) {
        if (!(config.getAnyRef(key) instanceof List<?> list)) {
            problem(key, "must be a list: [a, b]");
            return defaults.getStringList(key);
        }
        if (list.stream().anyMatch(element -> element == null || element instanceof Iterable)) {
            problem(key, "must be a list of texts: [a, b]");
            return defaults.getStringList(key);
        }
        return list.stream().map(Object::toString).toList();
    }

    /** Texts by name, from an object whose keys the user chooses. */
    SortedMap<String, String> textsByName(String key) {
        SortedMap<String, String> texts = new TreeMap<>();
        Config object = config.getConfig(key);
        for (String name : config.getObject(key).keySet()) {
            String path = ConfigUtil.joinPath(name);
            if (object.getAnyRef(path) instanceof List) {
                problem(key + "." + path, "must be one text, not a list");
            } else {
                texts.put(name, object.getString(path));
            }
        }
        return texts;
    }

    /** Lists of texts by name, from an object whose keys the user chooses. */
    SortedMap<String, List<String>> textListsByName(String key) {
        SortedMap<String, List<String>> lists = new TreeMap<>();
        for (String name : config.getObject(key).keySet()) {
            String path = key + "." + ConfigUtil.joinPath(name);
            if (config.getAnyRef(path) instanceof List<?> list) {
                lists.put(name, list.stream().map(String::valueOf).toList());
            } else {
                problem(path, "must be a list of texts: [a, b]");
            }
        }
        return lists;
    }

    /** Positive counts by name, from an object whose keys the user chooses. */
    SortedMap<String, Long> counts(String key) {
        SortedMap<String, Long> counts = new TreeMap<>();
        config.getObject(key).forEach((name, value) -> {
            OptionalLong count = count(value);
            if (count.isPresent()) {
                counts.put(name, count.getAsLong());
            } else {
                problems.add(new ConfigProblem(
                        key + "." + name,
                        Secrets.show(key, value),
                        Origins.of(value.origin()),
                        "must be a whole number from 1 to " + Long.MAX_VALUE + "; leave it out to give none"));
            }
        });
        return counts;
    }

    private static OptionalLong count(ConfigValue value) {
        try {
            long count = new BigDecimal(String.valueOf(value.unwrapped())).longValueExact();
            return count < 1 ? OptionalLong.empty() : OptionalLong.of(count);
        } catch (ArithmeticException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
