package tavern.game;

import tavern.protocol.v1.ErrorCode;

/** Whether somebody may come into a room, and as what. */
public sealed interface Admission {
    /** Takes part, and counts towards the capacity. */
    static Admission player() {
        return Whole.PLAYER;
    }

    /**
     * Is told everything that all are told, and cannot act; does not count towards the capacity. Refused with {@code NOT_ALLOWED} where the
     * room's type has no {@code spectators}.
     */
    static Admission spectator() {
        return Whole.SPECTATOR;
    }

    /**
     * Stays where he is, and is told why.
     *
     * @param code tells the client what it may do
     * @param text for people
     */
    static Admission refuse(ErrorCode code, String text) {
        return new Refusal(code, text);
    }

    /** May come in. */
    enum Whole implements Admission {
        PLAYER,
        SPECTATOR
    }

    /** May not. */
    record Refusal(ErrorCode code, String text) implements Admission {}
}
