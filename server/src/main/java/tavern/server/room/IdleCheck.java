package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import tavern.server.time.MonotonicClock;

/**
 * P-28: an empty room closes after a while, sooner while there are many rooms, which may become the case only after it
 * emptied. So the check is repeated every few seconds for as long as the room is empty; a room has one check pending at
 * the most. Confined to the room's thread, except for the constructor.
 */
final class IdleCheck {
    /** How long an empty room stays open while many others are open, and how often that is checked. */
    static final long CROWDED_IDLE_MILLIS = 2_000;

    private final EventExecutor executor;
    private final MonotonicClock clock;
    private final long idleMillis;
    private final BooleanSupplier crowded;
    private final BooleanSupplier empty;
    private final Runnable due;

    private long emptySinceMillis;
    private boolean pending;

    /**
     * @param crowded whether there are many rooms
     * @param empty whether the room is still open, and nobody is in it
     * @param due what to do when the room has been empty for long enough; repeated while it stays open and empty
     */
    IdleCheck(
            EventExecutor executor,
            MonotonicClock clock,
            long idleMillis,
            BooleanSupplier crowded,
            BooleanSupplier empty,
            Runnable due) {
        this.executor = executor;
        this.clock = clock;
        this.idleMillis = idleMillis;
        this.crowded = crowded;
        this.empty = empty;
        this.due = due;
    }

    /** The room is new, or its last member has left. */
    void begin() {
        emptySinceMillis = clock.millis();
        if (!pending) {
            pending = true;
            schedule(Math.min(idleMillis, CROWDED_IDLE_MILLIS));
        }
    }

    /** Returns whether the room has been empty for long enough, if it is empty. */
    boolean isDue() {
        return emptyMillis() >= (crowded.getAsBoolean() ? Math.min(idleMillis, CROWDED_IDLE_MILLIS) : idleMillis);
    }

    private long emptyMillis() {
        return clock.millis() - emptySinceMillis;
    }

    private void schedule(long afterMillis) {
        executor.schedule(this::check, afterMillis + 1, TimeUnit.MILLISECONDS);
    }

    private void check() {
        pending = empty.getAsBoolean();
        if (!pending) {
            return;
        }
        long leftMillis = idleMillis - emptyMillis();
        schedule(leftMillis > 0 ? Math.min(leftMillis, CROWDED_IDLE_MILLIS) : CROWDED_IDLE_MILLIS);
        if (isDue()) {
            due.run();
        }
    }
}
