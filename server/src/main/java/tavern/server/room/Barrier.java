package tavern.server.room;

import java.util.ArrayDeque;
import org.slf4j.LoggerFactory;
import tavern.server.guard.PacedLog;

/**
 * Rooms send to an outlet in two ways: straight to its loop, or by way of the member's lane. What takes the second way
 * and must not be overtaken closes this barrier for what takes the first, and opens it on arrival. Confined to the
 * outlet's loop.
 */
public final class Barrier {
    /** Far more than a room sends while a task passes through a lane. */
    static final int WAITING_MAX = 1_024;

    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(Barrier.class));

    private final Outlet outlet;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>(0);
    private boolean isClosed;

    public Barrier(Outlet outlet) {
        this.outlet = outlet;
    }

    boolean isClosed() {
        return isClosed;
    }

    /** Closes for what comes after this call. Each call needs an {@link #open} of its own, in the same order. */
    void close() {
        if (isClosed) {
            waiting.add(this::close);
        } else {
            isClosed = true;
        }
    }

    /** Runs a task that writes to the outlet: now, or when those before it have run. @return false when too many wait */
    boolean pass(Runnable task) {
        if (!isClosed) {
            task.run();
            return true;
        }
        if (waiting.size() >= WAITING_MAX) {
            outlet.failed();
            return false;
        }
        waiting.add(task);
        return true;
    }

    // A task that fails must not keep those behind it from running.
    @SuppressWarnings("IllegalCatch")
    void open() {
        isClosed = false;
        while (!isClosed && !waiting.isEmpty()) {
            try {
                waiting.remove().run();
            } catch (Throwable e) {
                log.error("frames due to a player were not written", e);
                outlet.failed();
            }
        }
    }
}
