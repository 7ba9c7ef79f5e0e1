package tavern.server.net;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;
import tavern.server.guard.PacedLog;

/**
 * Detects idle connections, with one timer for each event loop, since thousands of separate timers would wake the loop
 * up for each connection. A connection is in the slot of the step in which it would become idle; when that step comes,
 * a connection that has sent something since is moved on. Confined to the loop.
 */
final class IdleWheel {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(IdleWheel.class));
    private static final int STEP_MILLIS = 250;

    private final int stepsMax;
    private final List<Set<Watch>> slots = new ArrayList<>();
    private long step;

    IdleWheel(EventLoop loop, int idleSeconds) {
        this.stepsMax = idleSeconds * 1_000 / STEP_MILLIS;
        for (int i = 0; i < stepsMax + 2; i++) {
            slots.add(new HashSet<>());
        }
        // Not at a fixed rate: a pause of the process counts as one step only, and what clients sent in the pause is
        // read before the next one.
        loop.scheduleWithFixedDelay(this::turn, STEP_MILLIS, STEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** A connection of the wheel's loop. */
    interface Watched {
        /**
         * The value of {@link #now} when bytes last came from the client, so that the wheel needs no call for each
         * message.
         */
        long heardAt();

        /** The client has sent nothing for the idle time. Called once; the connection is no longer watched. */
        void idle();
    }

    /** The time, in steps. */
    long now() {
        return step;
    }

    Watch watch(Watched connection) {
        Watch watch = new Watch(connection);
        place(watch);
        return watch;
    }

    /** The number of connections that are watched. */
    int size() {
        return slots.stream().mapToInt(Set::size).sum();
    }

    private void turn() {
        step++;
        Set<Watch> due = slots.set(slotOf(step), new HashSet<>());
        for (Watch watch : due) {
            if (watch.stopped) {
                continue; // stopped just now, as an effect of another connection's end
            }
            if (step - watch.connection.heardAt() > stepsMax) {
                tell(watch.connection);
            } else {
                place(watch);
            }
        }
    }

    /** An exception from one connection must not end the timer of all. */
    @SuppressWarnings("IllegalCatch")
    private static void tell(Watched connection) {
        try {
            connection.idle();
        } catch (Throwable e) {
            log.error("an idle connection could not be closed", e);
        }
    }

    private void place(Watch watch) {
        watch.slot = slotOf(watch.connection.heardAt() + stepsMax + 1);
        slots.get(watch.slot).add(watch);
    }

    private int slotOf(long at) {
        return (int) (at % slots.size());
    }

    /** One connection's place in the wheel. */
    final class Watch {
        private final Watched connection;
        private int slot;
        private boolean stopped;

        private Watch(Watched connection) {
            this.connection = connection;
        }

        void stop() {
            stopped = true;
            slots.get(slot).remove(this);
        }
    }
}
