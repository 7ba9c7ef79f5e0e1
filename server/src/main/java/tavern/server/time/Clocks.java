package tavern.server.time;

import java.time.InstantSource;
import java.util.ServiceLoader;

/**
 * Both clocks, for code that needs both. They have different types, so that the compiler notices when one is taken for
 * the other.
 *
 * @param wall tells the date
 * @param monotonic measures durations
 */
public record Clocks(InstantSource wall, MonotonicClock monotonic) {
    /**
     * The machine's clocks. If there is a service {@link InstantSource} on the class path, as where a realm is tested with
     * servers whose clocks differ, that tells the date instead of the machine.
     */
    public static Clocks system() {
        MonotonicClock monotonic = MonotonicClock.system();
        InstantSource machine = ServiceLoader.load(InstantSource.class, Clocks.class.getClassLoader())
                .findFirst()
                .orElse(InstantSource.system());
        return new Clocks(new WallClock(machine::millis, monotonic), monotonic);
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
