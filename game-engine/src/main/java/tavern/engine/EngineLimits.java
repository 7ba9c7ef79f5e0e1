package tavern.engine;

/**
 * Bounds of one room.
 *
 * @param stateBytesMax of the game's own state
 * @param turnsInFlightMax commits under way; more turns wait
 * @param bytesInFlightMax of turns under way, with the state that each keeps: once they have as many, more turns wait
 * @param turnsWaitingMax of players' messages that wait; more are refused with {@code BUSY}
 * @param bytesWaitingMax of players' messages that wait; more are refused with {@code BUSY}
 * @param toldBytesMax that one turn may tell
 */
public record EngineLimits(
        int stateBytesMax,
        int turnsInFlightMax,
        int bytesInFlightMax,
        int turnsWaitingMax,
        int bytesWaitingMax,
        int toldBytesMax) {
    public static final EngineLimits DEFAULT =
            new EngineLimits(64 * 1024, 256, 4 * 1024 * 1024, 1_024, 1024 * 1024, 256 * 1024);

    public static final int TIMERS_MAX = 64;
    public static final int TIMER_CHARACTERS_MAX = 64;

    /** Signals of one room that are under way, and their bytes in sum. */
    public static final int SIGNALS_MAX = 64;

    public static final int SIGNAL_BYTES_MAX = 64 * 1024;

    /** Signals of other rooms that are not decided yet, and their bytes in sum; more are not taken, so that their senders repeat them. */
    public static final int SIGNALS_TAKEN_MAX = 1_024;

    public static final int SIGNAL_BYTES_TAKEN_MAX = 1024 * 1024;

    /** Calls of one room that are not answered, and the bytes of their requests in sum. */
    public static final int CALLS_MAX = 64;

    public static final int CALL_BYTES_MAX = 64 * 1024;

    /** Of what a service answers. */
    public static final int REPLY_BYTES_MAX = 64 * 1024;

    /** What one turn may move, write and publish. */
    public static final int LEGS_MAX = 64;

    public static final int GOODS_MAX = 256;
    public static final int PUTS_MAX = 64;
    public static final int VALUE_BYTES_MAX = 64 * 1024;
    public static final int EVENTS_MAX = 16;
    public static final int SCORES_MAX = 64;

    /** Versions, of goods and values of those who are not present, on which the turn's commit depends. */
    public static final int SEEN_MAX = 64;

    /** How often a turn is computed that has seen what changes before its commit. */
    public static final int READ_TRIES_MAX = 3;

    /** Values and events of one turn together. */
    public static final int WRITTEN_BYTES_MAX = 128 * 1024;

    /** Players whose newest request is remembered, and rooms whose newest signal is. */
    public static final int REQUESTS_MAX = 256;

    public static final int SENDERS_MAX = 1_024;

    /** State, timers, members, requests, signals and calls of a room together. */
    public static final int KEPT_BYTES_MAX = 256 * 1024;

    /** A room in which somebody was when its server crashed is opened after this time at the latest, so that he leaves. */
    public static final long ABSENCE_MILLIS_MAX = 3_600_000;

    /** A signal whose turn has failed as often is dropped. */
    public static final int SIGNAL_FAILURES_MAX = 8;

    /** Turns of one room that its ticks have begun and that are under way, and their bytes in sum. */
    public static final int TICK_TURNS_MAX = 64;

    public static final int TICK_TURN_BYTES_MAX = 64 * 1024;

    /** Volatile events of one tick, and their bytes in sum. */
    public static final int TICK_EVENTS_MAX = 256;

    public static final int TICK_EVENT_BYTES_MAX = 64 * 1024;

    /** An answer whose turn has failed as often is dropped. */
    public static final int ANSWER_FAILURES_MAX = 8;
}
