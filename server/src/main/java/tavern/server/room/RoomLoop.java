package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.LoggerFactory;
import tavern.game.RoomId;
import tavern.server.guard.PacedLog;
import tavern.server.time.MonotonicClock;

/**
 * Processes a room's mailbox on the room's thread: handles the waiting tasks, up to a bound, sends their results, then
 * lets other rooms have their turn.
 */
final class RoomLoop {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(RoomLoop.class));
    private static final int TASKS_A_RUN = 256;
    private static final long SLOW_MILLIS = 50;

    /**
     * From this many players on, a room pauses after it has sent something to all of them: what a crowd says at nearly the
     * same time then shares the writes, and other rooms have their turn in between.
     */
    private static final int CROWD = 100;

    /** About twice what writing to one of them costs. */
    private static final long PAUSE_NANOS_A_PLAYER = 10_000;

    private static final long PAUSE_NANOS_MAX = 20_000_000;

    private final RoomId room;
    private final Mailbox mailbox;
    private final EventExecutor executor;
    private final MonotonicClock clock;
    private final RuleFailureLog failures;
    private final RoomPulse pulse;
    private final Turn turn;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Runnable run = this::run;
    private final Runnable over = this::over;
    private volatile boolean halted;

    /** What a room does before and after the tasks of one turn. */
    interface Turn {
        void begins(long nowMillis);

        /** Before each task. */
        void before(Runnable task);

        /** Sends what the turn has caused. @return how many players it went to */
        int ends();
    }

    RoomLoop(
            RoomId room,
            Mailbox mailbox,
            EventExecutor executor,
            MonotonicClock clock,
            RuleFailureLog failures,
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

    /** From the next task on, all tasks wait for {@link #goOn}. On the room's thread. */
    void halt() {
        halted = true;
    }

    /** Ends a {@link #halt}. */
    void goOn() {
        halted = false;
        if (!mailbox.isEmpty()) {
            schedule();
        }
    }

    /** Schedules a turn, as there is something in the mailbox. Safe on any thread. */
    void schedule() {
        // Whoever reads this too early has put a task into the mailbox before, which the end of the halt finds there.
        if (!halted && !scheduled.get() && scheduled.compareAndSet(false, true)) {
            pulse.woken();
            try {
                executor.execute(run);
            } catch (RejectedExecutionException e) {
                scheduled.set(false);
                throw e;
            }
        }
    }

    private void run() {
        int players = 0;
        try {
            players = workOff();
        } finally {
            // Whatever was thrown: a room that stayed marked as scheduled would never run again.
            if (players < CROWD) {
                over();
            } else {
                pause(Math.min(players * PAUSE_NANOS_A_PLAYER, PAUSE_NANOS_MAX));
            }
        }
    }

    private void pause(long nanos) {
        executor.schedule(over, nanos, TimeUnit.NANOSECONDS).addListener(pause -> {
            if (pause.isCancelled()) {
                // The thread stops: whoever waits for a turn is to notice.
                over();
            }
        });
    }

    private void over() {
        scheduled.set(false);
        if (!mailbox.isEmpty()) {
            schedule();
        }
    }

    /** Returns how many players were sent something; 0 after a full turn, since more may wait than a pause can gather. */
    private int workOff() {
        long started = clock.millis();
        turn.begins(started);
        pulse.begins();
        int done = 0;
        for (Runnable task; !halted && done < TASKS_A_RUN && (task = mailbox.poll()) != null; done++) {
            turn.before(task);
            failures.guard(task, "a command");
        }
        int players = send();
        long took = clock.millis() - started;
        if (took > SLOW_MILLIS) {
            log.warn("room {} worked {} ms at one go with {} requests waiting", room, took, mailbox.depth());
        }
        pulse.ends();
        return done < TASKS_A_RUN ? players : 0;
    }

    // As with guarded tasks, the room keeps running.
    @SuppressWarnings("IllegalCatch")
    private int send() {
        try {
            return turn.ends();
        } catch (Throwable e) {
            failures.report(e, "sending", "");
            return 0;
        }
    }
}
