package tavern.server.config;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.Set;
import java.util.regex.Pattern;

/** The keys whose values are never shown. */
final class Secrets {
    private static final Set<String> KEYS = Set.of("auth.jwt.secret", "store.redis.uri", "feed.rabbitmq.uri");

    /** Passwords belong into files, but not everybody knows that. */
    private static final Pattern HEADERS = Pattern.compile("games\\.(?:services\\..+|service-defaults)\\.headers\\..+");

    private Secrets() {}

    /** The value in a form that may be shown. */
    static String show(String key, ConfigValue value) {
        return KEYS.contains(key) || HEADERS.matcher(key).matches() ? "***" : show(value);
    }

    private static String show(ConfigValue value) {
        return value.unwrapped() instanceof String text ? text : value.render(ConfigRenderOptions.concise());
    }
}
