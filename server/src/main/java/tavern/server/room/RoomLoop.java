package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.game.RoomId;

/**
 * Works off a room's mailbox on the room's thread: what waits, up to a bound, then what it caused goes out, then other
 * rooms have their turn.
 */
final class RoomLoop {
    private static final Logger log = LoggerFactory.getLogger(RoomLoop.class);
    private static final int TASKS_A_RUN = 256;
    private static final long SLOW_MILLIS = 50;

    private final RoomId room;
    private final Mailbox mailbox;
    private final EventExecutor executor;
    private final InstantSource clock;
    private final Failures failures;
    private final RoomPulse pulse;
    private final Turn turn;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Runnable run = this::run;

    /** What a room does around the work of one go. */
    interface Turn {
        void begins(long nowMillis);

        void ends();
    }

    RoomLoop(
            RoomId room,
            Mailbox mailbox,
            EventExecutor executor,
            InstantSource clock,
            Failures failures,
            RoomPulse pulse,
            Turn turn) {
        this.room = room;
        this.mailbox = mailbox;
        this.executor = executor;
        this.clock = clock;
        this.failures = failures;
        this.pulse = pulse;
        this.turn = turn;
    }

    /** Any thread: there is something in the mailbox. */
    void schedule() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            pulse.woken();
            executor.execute(run);
        }
    }

    private void run() {
        long started = clock.millis();
        turn.begins(started);
        pulse.begins();
        Runnable task;
        for (int i = 0; i < TASKS_A_RUN && (task = mailbox.poll()) != null; i++) {
            guarded(task, "a command");
        }
        guarded(turn::ends, "sending");
        long took = clock.millis() - started;
        if (took > SLOW_MILLIS) {
            log.warn("room {} worked {} ms at one go with {} requests waiting", room, took, mailbox.depth());
        }
        pulse.ends();
        scheduled.set(false);
        if (!mailbox.isEmpty()) {
            schedule();
        }
    }

    /** Whatever is thrown, out of memory included: the room goes on, or nobody in it would ever hear of it again. */
    @OnRoomThread
    void guarded(Runnable task, String doing) {
        try {
            task.run();
        } catch (Throwable e) {
            failures.report(e, doing, "");
        }
    }
}
