package tavern.server.session;

/**
 * What operators have stopped.
 *
 * @param target the room's or the player's name; empty for everywhere
 * @param reason for operators; players are not told
 */
public record Freeze(What what, Scope scope, String target, String reason, long sinceMillis) {
    public enum What {
        /** New offers and accepts; those who want out of a trade may, and what is being carried out ends. */
        TRADES,
        /** Chat and whispers. */
        CHAT,
        /** Joins of rooms; who is in one stays. */
        JOINS
    }

    public enum Scope {
        EVERYWHERE,
        ROOM,
        PLAYER
    }

    /** What makes it the same freeze, whatever its reason. */
    record Key(What what, Scope scope, String target) {}

    Key key() {
        return new Key(what, scope, target);
    }
}
