package tavern.server.time;

import java.time.InstantSource;

/**
 * Both clocks, for code that needs both. They have different types, so that the compiler notices when one is taken for
 * the other.
 *
 * @param wall tells the date
 * @param monotonic measures durations
 */
public record Clocks(InstantSource wall, MonotonicClock monotonic) {
    /** The machine's clocks. */
    public static Clocks system() {
        MonotonicClock monotonic = MonotonicClock.system();
        return new Clocks(new WallClock(System::currentTimeMillis, monotonic), monotonic);
    }

    public Moment now() {
        return new Moment(wall.millis(), monotonic.millis());
    }

    /**
     * The time since that moment, by whichever clock shows more. While the machine is suspended only the wall clock
     * advances, and when somebody sets that back only the monotonic clock is right: the holder of something for a
     * limited time must not overrun it by either clock.
     */
    public long elapsedMillis(Moment since) {
        return Math.max(wall.millis() - since.wallMillis(), monotonic.millis() - since.monotonicMillis());
    }

    /** A time on both clocks. */
    public record Moment(long wallMillis, long monotonicMillis) {}
}
