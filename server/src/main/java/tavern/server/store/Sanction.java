package tavern.server.store;

import java.time.Instant;

/**
 * A ban or a mute, or the absence of one.
 *
 * @param untilMillis milliseconds since 1970, or 0 for none
 * @param message shown to the player in addition to the end; may be empty. Not kept for a mute
 */
public record Sanction(Kind kind, long untilMillis, String message) {
    /** The end of the year 9999: for a game, the same as for ever. */
    public static final long FOR_EVER_MILLIS = 253_402_300_799_000L;

    public enum Kind {
        BAN,
        MUTE
    }

    public static Sanction none(Kind kind) {
        return new Sanction(kind, 0, "");
    }

    /** The form that the store keeps: a mute without its message. */
    public Sanction asKept() {
        return kind == Kind.MUTE ? new Sanction(kind, untilMillis, "") : this;
    }

    public boolean isInForce(long nowMillis) {
        return untilMillis > nowMillis;
    }

    /** In words, for the player and for operators: {@code banned until 2026-01-31T18:00:00Z: come back on Sunday}. */
    public String words() {
        String how = kind == Kind.BAN ? "banned" : "muted";
        String howLong = untilMillis >= FOR_EVER_MILLIS ? " for ever" : " until " + Instant.ofEpochMilli(untilMillis);
        return how + howLong + (message.isEmpty() ? "" : ": " + message);
    }
}
