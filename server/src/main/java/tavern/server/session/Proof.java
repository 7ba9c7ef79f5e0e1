package tavern.server.session;

import org.jspecify.annotations.Nullable;

/**
 * What a login token proves.
 *
 * @param player a valid name
 * @param onceId of a single-use token, or null for one without a limit
 * @param untilMillis when a token with a {@code onceId} would have expired anyway
 */
public record Proof(String player, @Nullable String onceId, long untilMillis) {
    Proof(String player) {
        this(player, null, 0);
    }
}
