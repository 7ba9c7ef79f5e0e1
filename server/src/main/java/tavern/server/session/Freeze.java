package tavern.server.session;

/**
 * Something that operators have stopped.
 *
 * @param target the room's or the player's name, or empty for everywhere
 * @param reason for operators; players do not see it
 */
public record Freeze(What what, Scope scope, String target, String reason, long sinceMillis) {
    public enum What {
        /** New offers and accepts; players may still get out of a trade, and settlements under way finish. */
        TRADES,
        /** Chat and whispers. */
        CHAT,
        /** Joins of rooms; members of a room stay. */
        JOINS
    }

    public enum Scope {
        EVERYWHERE,
        ROOM,
        PLAYER
    }

    /** The identity of a freeze, whatever its reason. */
    record Key(What what, Scope scope, String target) {}

    Key key() {
        return new Key(what, scope, target);
    }
}
