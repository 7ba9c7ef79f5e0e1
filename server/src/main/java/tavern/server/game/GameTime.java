package tavern.server.game;

/**
 * The time by which things move in a room. It is the room's clock while the room is at full speed, and passes more slowly while the
 * room is overloaded (P-112). Everything that is promised in seconds, such as how long an offer stands, goes by the clock.
 */
public final class GameTime {
    /** The permille at which this time passes as the clock does. */
    public static final int FULL = 1_000;

    private int permille = FULL;
    private long sinceMillis;

    /** How far it is behind at {@link #sinceMillis}, in thousandths of a millisecond, so that changes of speed lose nothing. */
    private long behindThousandths;

    /** From now on it passes at this speed. @param nowMillis by the clock, never less than before */
    public void pass(int atPermille, long nowMillis) {
        behindThousandths += (nowMillis - sinceMillis) * (FULL - permille);
        sinceMillis = nowMillis;
        permille = atPermille;
    }

    /** Goes on, at full speed, with the time of a room that was so far behind. Before it passes. */
    public void goOn(long behindMillis, long nowMillis) {
        behindThousandths = behindMillis * FULL;
        sinceMillis = nowMillis;
    }

    boolean isSlow() {
        return permille < FULL;
    }

    /** @param nowMillis by the clock, not before the last change of speed */
    public long at(long nowMillis) {
        return nowMillis - behind(nowMillis);
    }

    /** How far it is behind the clock, in milliseconds. */
    public long behind(long nowMillis) {
        return (behindThousandths + (nowMillis - sinceMillis) * (FULL - permille)) / FULL;
    }
}
