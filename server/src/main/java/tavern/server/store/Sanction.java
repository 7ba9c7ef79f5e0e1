package tavern.server.store;

/**
 * @param untilMillis milliseconds since 1970; 0 lifts it
 * @param reason for the player and for the operators after this one
 */
public record Sanction(Kind kind, long untilMillis, String reason) {
    public enum Kind {
        BAN,
        MUTE
    }
}
