package tavern.server.net;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices connections on which nothing is heard: one timer for all of an event loop, since thousands of them would wake it
 * up for each connection by itself. A connection stands in the slot of the step in which it would be idle; when that
 * comes, one that was heard since is moved on. Belongs to the loop.
 */
final class IdleWheel {
    private static final Logger log = LoggerFactory.getLogger(IdleWheel.class);
    private static final int STEP_MILLIS = 250;

    private final int stepsMax;
    private final List<Set<Watch>> slots = new ArrayList<>();
    private long step;

    IdleWheel(EventLoop loop, int idleSeconds) {
        this.stepsMax = idleSeconds * 1_000 / STEP_MILLIS;
        for (int i = 0; i < stepsMax + 2; i++) {
            slots.add(new HashSet<>());
        }
        // Not at a fixed rate: after a pause of the process only one step has passed, and who has sent something is
        // heard.
        loop.scheduleWithFixedDelay(this::turn, STEP_MILLIS, STEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** A connection of the wheel's loop. */
    interface Watched {
        /** What {@link #now} was when it was heard last; it has not to be told of each time. */
        long heardAt();

        /** Nothing was heard for the time. Called once: it is watched no more. */
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

    /** Connections that are watched. */
    int size() {
        return slots.stream().mapToInt(Set::size).sum();
    }

    private void turn() {
        step++;
        Set<Watch> due = slots.set(slotOf(step), new HashSet<>());
        for (Watch watch : due) {
            if (watch.stopped) {
                continue; // because of another one, just now
            }
            if (step - watch.connection.heardAt() > stepsMax) {
                tell(watch.connection);
            } else {
                place(watch);
            }
        }
    }

    /** What one connection throws must not end the timer of them all. */
    private static void tell(Watched connection) {
        try {
            connection.idle();
        } catch (RuntimeException e) {
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
