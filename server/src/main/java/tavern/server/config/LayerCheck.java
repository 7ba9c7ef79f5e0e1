package tavern.server.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Removes from one layer everything that does not fit the shape of the default file, and reports it: unknown keys, a
 * value in place of a section, and the reverse. The rest can be laid over the defaults and read safely.
 */
final class LayerCheck {
    private final KnownKeys known;
    private final List<ConfigProblem> problems;

    LayerCheck(KnownKeys known, List<ConfigProblem> problems) {
        this.known = known;
        this.problems = problems;
    }

    Config sift(Config layer) {
        return sift("", layer.root()).toConfig();
    }

    private ConfigObject sift(String prefix, ConfigObject object) {
        ConfigObject kept = ConfigValueFactory.fromMap(Map.of());
        for (var entry : object.entrySet()) {
            String key = prefix + ConfigUtil.joinPath(entry.getKey());
            ConfigValue value = entry.getValue();
            if (fits(key, value)) {
                boolean section = known.isSection(key) && !key.equals(KnownKeys.STARTER_STACKS);
                kept = kept.withValue(entry.getKey(), section ? sift(key + ".", (ConfigObject) value) : value);
            }
        }
        return kept;
    }

    private boolean fits(String key, ConfigValue value) {
        if (!known.contains(key)) {
            problems.add(known.unknown(key, Origins.of(value.origin())));
            return false;
        }
        if (value.valueType() == ConfigValueType.NULL) {
            return reject(key, null, value, "has no value; remove the line to get the default");
        }
        if (known.isSection(key) && value.valueType() != ConfigValueType.OBJECT) {
            return reject(key, Secrets.show(key, value), value, "is a group of settings; write " + key + " { ... }");
        }
        if (!known.isSection(key) && value.valueType() == ConfigValueType.OBJECT) {
            return reject(key, null, value, "is one setting, not a group");
        }
        return true;
    }

    private boolean reject(String key, @Nullable String shown, ConfigValue value, String cure) {
        problems.add(new ConfigProblem(key, shown, Origins.of(value.origin()), cure));
        return false;
    }
}
