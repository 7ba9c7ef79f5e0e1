package tavern.server.config;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.Set;
import java.util.regex.Pattern;

/** The keys whose values are never shown. */
final class Secrets {
    private static final Set<String> KEYS = Set.of("auth.jwt.secret", "store.redis.uri", "feed.rabbitmq.uri");

    /** Of services that games call. Passwords belong into files, but not everybody knows that; and some URLs contain a token. */
    private static final Pattern SERVICES =
            Pattern.compile("games\\.(?:services\\..+|service-defaults)\\.(?:headers\\..+|url)");

    private Secrets() {}

    /** The value in a form that may be shown. */
    static String show(String key, ConfigValue value) {
        return KEYS.contains(key) || SERVICES.matcher(key).matches() ? "***" : show(value);
    }

    private static String show(ConfigValue value) {
        return value.unwrapped() instanceof String text ? text : value.render(ConfigRenderOptions.concise());
    }
}
