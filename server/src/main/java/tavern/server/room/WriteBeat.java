package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;
import tavern.server.guard.PacedLog;
import tavern.server.time.MonotonicClock;

/**
 * The moments at which the rooms of one thread write their chat. They are the same for all threads, since the store
 * commits together what arrives together, and a commit costs more than many lines. While no room waits for one there is
 * no timer.
 */
@OnRoomThread
final class WriteBeat {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(WriteBeat.class));

    private final EventExecutor executor;
    private final MonotonicClock clock;
    private final long periodNanos;
    private List<Runnable> waiting = new ArrayList<>();

    /** @param periodMillis between two moments */
    WriteBeat(EventExecutor executor, MonotonicClock clock, long periodMillis) {
        this.executor = executor;
        this.clock = clock;
        this.periodNanos = TimeUnit.MILLISECONDS.toNanos(periodMillis);
    }

    /** Runs the task once, at the next moment. */
    void next(Runnable write) {
        if (waiting.isEmpty()) {
            executor.schedule(this::run, periodNanos - clock.read() % periodNanos, TimeUnit.NANOSECONDS);
        }
        waiting.add(write);
    }

    // Whatever is thrown, the other rooms write.
    @SuppressWarnings("IllegalCatch")
    private void run() {
        List<Runnable> due = waiting;
        waiting = new ArrayList<>(due.size());
        for (Runnable write : due) {
            try {
                write.run();
            } catch (Throwable e) {
                log.error("a room's chat was not written", e);
            }
        }
    }
}
