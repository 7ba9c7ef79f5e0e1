package tavern.server.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices connections on which nothing is heard: one timer for all of an event loop, since thousands of them would wake it
 * up for each connection by itself. A connection stands in the slot of the step in which it would be idle; when that
 * comes, one that was heard since is moved on. Belongs to the loop.
 */
final class IdleWheel {
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

    /** For the pipeline of one connection: a read is all that counts. Tells of idleness by {@link IdleStateEvent}. */
    ChannelInboundHandlerAdapter watch() {
        return new Watch();
    }

    /** Connections that are watched. */
    int size() {
        return slots.stream().mapToInt(Set::size).sum();
    }

    private void turn() {
        step++;
        Set<Watch> due = slots.set(slotOf(step), new HashSet<>());
        for (Watch watch : due) {
            if (watch.gone) {
                continue; // closed because of another one, just now
            }
            boolean idle = step - watch.heard > stepsMax;
            if (idle) {
                watch.heard = step;
            }
            place(watch);
            if (idle) {
                watch.tell();
            }
        }
    }

    private void place(Watch watch) {
        watch.slot = slotOf(watch.heard + stepsMax + 1);
        slots.get(watch.slot).add(watch);
    }

    private int slotOf(long at) {
        return (int) (at % slots.size());
    }

    private final class Watch extends ChannelInboundHandlerAdapter {
        private @Nullable ChannelHandlerContext context;
        private long heard;
        private int slot;
        private boolean gone;

        @Override
        public void handlerAdded(ChannelHandlerContext added) {
            context = added;
            heard = step;
            place(this);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext removed) {
            gone = true;
            slots.get(slot).remove(this);
        }

        @Override
        public void channelRead(ChannelHandlerContext reading, Object message) {
            heard = step;
            reading.fireChannelRead(message);
        }

        private void tell() {
            Objects.requireNonNull(context).fireUserEventTriggered(IdleStateEvent.FIRST_READER_IDLE_STATE_EVENT);
        }
    }
}
