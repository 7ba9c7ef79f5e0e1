package tavern.server.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The known settings: the keys of the default file, so that the list exists only once. */
final class KnownKeys {
    /** An object whose keys the user chooses. */
    static final String STARTER_STACKS = "game.starter-kit.stacks";

    /** Sections whose names the user chooses. */
    static final String ROOM_TYPES = "games.types";

    /** What each of those has, and its defaults. */
    static final String TYPE_DEFAULTS = "games.type-defaults";

    /** Lists of rights, by names that the user chooses. */
    static final String ROLES = "ops.roles";

    static final String SERVICES = "games.services";
    static final String SERVICE_DEFAULTS = "games.service-defaults";

    private static final String VARIABLE_PREFIX = "TAVERN_";
    private static final String SEGMENT = "[\\p{L}\\p{N}_-]+|\"(?:[^\"\\\\]|\\\\.)*\"";
    private static final Pattern FREE =
            Pattern.compile("(?:game\\.starter-kit\\.stacks|ops\\.roles|games\\.type-defaults\\.settings"
                    + "|games\\.service-defaults\\.(?:secret-)?headers)\\.(?:" + SEGMENT + ")");

    /** Where a section that the user named is, and the key of its defaults. */
    private static final Map<Pattern, String> NAMED =
            Map.of(named(ROOM_TYPES), TYPE_DEFAULTS, named(SERVICES), SERVICE_DEFAULTS);

    private final Map<String, ConfigValue> byKey = new TreeMap<>();
    private final Map<String, String> keyByVariable = new TreeMap<>();

    KnownKeys(Config defaults) {
        collect("", defaults.root());
    }

    private static Pattern named(String sections) {
        return Pattern.compile("^" + Pattern.quote(sections) + "\\.(?:" + SEGMENT + ")");
    }

    private void collect(String prefix, ConfigObject object) {
        object.forEach((name, value) -> {
            String key = prefix + name;
            byKey.put(key, value);
            if (value instanceof ConfigObject child) {
                collect(key + ".", child);
            } else {
                keyByVariable.put(variable(key), key);
            }
        });
    }

    static boolean isVariable(String name) {
        return name.startsWith(VARIABLE_PREFIX);
    }

    static String variable(String key) {
        return VARIABLE_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    Map<String, String> keyByVariable() {
        return keyByVariable;
    }

    /** Returns the key by which the default file describes it: that of a type of rooms is one of the type's defaults. */
    private static String described(String key) {
        for (var named : NAMED.entrySet()) {
            Matcher section = named.getKey().matcher(key);
            if (section.find()) {
                return section.replaceFirst(named.getValue());
            }
        }
        return key;
    }

    boolean isSection(String key) {
        ConfigValue value = byKey.get(described(key));
        return value != null && value.valueType() == ConfigValueType.OBJECT;
    }

    boolean isList(String key) {
        ConfigValue value = byKey.get(described(key));
        return key.startsWith(ROLES + ".") || (value != null && value.valueType() == ConfigValueType.LIST);
    }

    boolean contains(String key) {
        String described = described(key);
        return byKey.containsKey(described) || FREE.matcher(described).matches();
    }

    /** The first segments of all keys. */
    Set<String> roots() {
        Set<String> roots = new TreeSet<>();
        byKey.keySet().forEach(key -> roots.add(key.replaceFirst("\\..*", "")));
        return roots;
    }

    /** Reports an unknown key without its value, which may be a secret under a misspelt key. */
    ConfigProblem unknown(String key, String origin) {
        String hint =
                nearestKey(key).map(near -> "; did you mean " + near + "?").orElse("");
        return new ConfigProblem(key, null, origin, "there is no such setting" + hint);
    }

    private Optional<String> nearestKey(String wrong) {
        for (var named : NAMED.entrySet()) {
            Matcher section = named.getKey().matcher(wrong);
            if (section.find()) {
                return nearest(described(wrong), byKey.keySet())
                        .filter(key -> key.startsWith(named.getValue()))
                        .map(key -> key.replace(named.getValue(), section.group()));
            }
        }
        String lastSegment = "." + wrong.substring(wrong.lastIndexOf('.') + 1);
        return nearest(wrong, byKey.keySet())
                .or(() -> byKey.keySet().stream()
                        .filter(key -> key.endsWith(lastSegment))
                        .findFirst());
    }

    Optional<String> nearestVariable(String wrong) {
        return nearest(wrong, keyByVariable.keySet());
    }

    private static Optional<String> nearest(String wrong, Collection<String> candidates) {
        int closest = 2 + wrong.length() / 8;
        Optional<String> best = Optional.empty();
        for (String candidate : candidates) {
            int distance = EditDistance.between(wrong, candidate);
            if (distance < closest) {
                closest = distance;
                best = Optional.of(candidate);
            }
        }
        return best;
    }
}
