package tavern.engine;

/**
 * Bounds of one room.
 *
 * @param stateBytesMax of the game's own state
 * @param turnsInFlightMax commits under way; more turns wait
 * @param turnsWaitingMax of players' messages that wait; more are refused with {@code BUSY}
 * @param toldBytesMax that one turn may tell
 */
public record EngineLimits(int stateBytesMax, int turnsInFlightMax, int turnsWaitingMax, int toldBytesMax) {
    public static final EngineLimits DEFAULT = new EngineLimits(64 * 1024, 256, 1_024, 256 * 1024);

    public static final int TIMERS_MAX = 64;
    public static final int SIGNALS_MAX = 64;
}
