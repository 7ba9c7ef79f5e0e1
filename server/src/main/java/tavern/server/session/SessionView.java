package tavern.server.session;

import org.jspecify.annotations.Nullable;

/**
 * A session at one moment, for operators.
 *
 * @param room null for none
 * @param address null when the connection is lost and the session waits to be resumed
 * @param mutedUntilMillis milliseconds since 1970, or 0 when not muted
 */
public record SessionView(
        String player,
        long playerId,
        String session,
        @Nullable String room,
        @Nullable String address,
        long sinceMillis,
        long mutedUntilMillis) {}
