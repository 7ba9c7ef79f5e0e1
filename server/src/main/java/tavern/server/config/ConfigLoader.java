package tavern.server.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Layers the sources, the strongest on top, and reads the result. */
public final class ConfigLoader {
    private static final String DEFAULTS = "tavern.conf";

    private static final String LOG_FORMAT = "TAVERN_LOG_FORMAT";

    /** Variables of the launchers and the log, which are not settings. */
    private static final Set<String> OTHER_VARIABLES =
            Set.of("TAVERN_BUILD", "TAVERN_JAVA_OPTS", "TAVERN_LOG_LEVEL", LOG_FORMAT);

    private final Map<String, String> environment;
    private final Map<String, String> properties;
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Config defaults;
    private final KnownKeys known;

    private ConfigLoader(Map<String, String> environment, Map<String, String> properties) {
        this.environment = new TreeMap<>(environment);
        this.properties = new TreeMap<>(properties);
        defaults = ConfigFactory.parseResources(
                        ConfigLoader.class.getClassLoader(),
                        DEFAULTS,
                        mustExist().setOriginDescription("default"))
                .resolve();
        known = new KnownKeys(defaults);
    }

    /**
     * Reads all sources.
     *
     * @param file the user's file, or null for none
     * @param properties -Dkey=value; keys whose first segment is not one of ours belong to other software
     * @throws ConfigException with all problems found
     */
    public static LoadedConfig load(
            @Nullable Path file, Map<String, String> environment, Map<String, String> properties)
            throws ConfigException {
        return new ConfigLoader(environment, properties).load(file);
    }

    private LoadedConfig load(@Nullable Path file) throws ConfigException {
        checkLogFormat();
        LayerCheck check = new LayerCheck(known, problems);
        Config own = file == null ? ConfigFactory.empty() : check.sift(parse(file));
        // HOCON would merge the two, so that nobody could have a kit without potions.
        Config base = own.hasPath(KnownKeys.STARTER_STACKS) ? defaults.withoutPath(KnownKeys.STARTER_STACKS) : defaults;
        Config overrides = check.sift(fromProperties())
                .withFallback(check.sift(fromEnvironment()))
                .withFallback(own);

        SettingReader settings = new SettingReader(overrides.withFallback(base), defaults, problems);
        TavernConfig config = TavernSections.read(settings);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new LoadedConfig(config, describe(overrides), List.copyOf(warnings));
    }

    /** The log itself cannot say that there is none. */
    private void checkLogFormat() {
        String format = environment.getOrDefault(LOG_FORMAT, "text");
        if (!Set.of("text", "json").contains(format)) {
            problems.add(
                    new ConfigProblem(LOG_FORMAT, format, Origins.environment(LOG_FORMAT), "must be text or json"));
        }
    }

    private Config parse(Path file) {
        try {
            return ConfigFactory.parseFile(file.toFile(), mustExist()).resolve();
        } catch (com.typesafe.config.ConfigException.IO e) {
            problems.add(new ConfigProblem("", null, file.toString(), "cannot be read; does the file exist?"));
        } catch (com.typesafe.config.ConfigException.UnresolvedSubstitution e) {
            problems.add(new ConfigProblem(
                    "", null, place(file, e), "names a ${variable} that has no value; write ${?variable} if it may"));
        } catch (com.typesafe.config.ConfigException e) {
            // The parser's own message is not used, as it quotes the file: the line may hold a secret.
            problems.add(new ConfigProblem(
                    "", null, place(file, e), "is not HOCON; look for a missing quote, brace or comma up to here"));
        }
        return ConfigFactory.empty();
    }

    private static String place(Path file, com.typesafe.config.ConfigException e) {
        return e.origin() == null ? file.toString() : Origins.of(e.origin());
    }

    private Config fromEnvironment() {
        Config layer = ConfigFactory.empty();
        KubernetesLinks links = new KubernetesLinks(environment);
        warnings.addAll(links.warnings(environment));
        for (var variable : environment.entrySet()) {
            String name = variable.getKey();
            // TAVERN_AGONES_SDK_HTTP_PORT comes later and wins.
            String key = name.equals(AgonesSection.PORT_VARIABLE)
                    ? AgonesSection.SDK_HTTP_PORT
                    : known.keyByVariable().get(name);
            if (links.contain(name, variable.getValue())) {
                continue;
            }
            if (key != null) {
                layer = layer.withValue(key, value(key, variable.getValue(), Origins.environment(name)));
            } else if (KnownKeys.isVariable(name) && !OTHER_VARIABLES.contains(name)) {
                String hint = known.nearestVariable(name)
                        .map(near -> "; did you mean " + near + "?")
                        .orElse("");
                warnings.add("environment variable " + name + " is no setting of Tavern" + hint);
            }
        }
        return layer;
    }

    private Config fromProperties() {
        Set<String> roots = known.roots();
        Config layer = ConfigFactory.empty();
        for (var property : properties.entrySet()) {
            String key = property.getKey();
            if (known.contains(key)) {
                layer = layer.withValue(key, value(key, property.getValue(), Origins.COMMAND_LINE));
            } else if (roots.contains(key.replaceFirst("\\..*", ""))) {
                problems.add(known.unknown(key, Origins.COMMAND_LINE));
            }
        }
        return layer;
    }

    private ConfigValue value(String key, String text, String origin) {
        if (!known.isList(key)) {
            return ConfigValueFactory.fromAnyRef(text, origin);
        }
        List<String> elements = Stream.of(text.replaceAll("^\\s*\\[|]\\s*$", "").split(","))
                .map(element -> element.strip().replaceAll("^\"|\"$", ""))
                .filter(element -> !element.isEmpty())
                .toList();
        return ConfigValueFactory.fromIterable(elements, origin);
    }

    private static List<String> describe(Config overrides) {
        return overrides.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getKey() + " = " + Secrets.show(entry.getKey(), entry.getValue()) + " ("
                        + Origins.of(entry.getValue().origin()) + ")")
                .toList();
    }

    private static ConfigParseOptions mustExist() {
        return ConfigParseOptions.defaults().setAllowMissing(false);
    }
}
