package tavern.server.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A machine's clocks that only the test turns. Any thread. */
public final class SetClocks {
    private final AtomicLong machineMillis;
    private final AtomicLong nanos = new AtomicLong(TimeUnit.HOURS.toNanos(1));
    private final Clocks clocks;

    public SetClocks() {
        this(Instant.parse("2026-01-01T00:00:00Z").toEpochMilli());
    }

    public SetClocks(long wallMillis) {
        machineMillis = new AtomicLong(wallMillis);
        clocks = new Clocks(new WallClock(machineMillis::get, nanos::get), nanos::get);
    }

    public Clocks clocks() {
        return clocks;
    }

    public InstantSource wall() {
        return clocks.wall();
    }

    public MonotonicClock monotonic() {
        return clocks.monotonic();
    }

    /** Time passes. */
    public void turn(Duration by) {
        nanos.addAndGet(by.toNanos());
        machineMillis.addAndGet(by.toMillis());
    }

    public void turn(long byMillis) {
        turn(Duration.ofMillis(byMillis));
    }

    /** Somebody sets the machine's clock; forwards, a suspended machine that goes on sees the same. */
    public void setWall(Duration by) {
        machineMillis.addAndGet(by.toMillis());
    }
}
