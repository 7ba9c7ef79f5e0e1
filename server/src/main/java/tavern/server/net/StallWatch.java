package tavern.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a client takes nothing: looked at once a second while more waits for it than it should. One that takes a
 * little is slow, and is closed only when too much waits. Belongs to the connection's loop.
 */
final class StallWatch {
    private final Channel channel;
    private final int secondsMax;
    private final Runnable stalled;

    private @Nullable ScheduledFuture<?> looking;
    private @Nullable Object head;
    private long headTaken;
    private int secondsWithoutAByte;

    StallWatch(Channel channel, int secondsMax, Runnable stalled) {
        this.channel = channel;
        this.secondsMax = secondsMax;
        this.stalled = stalled;
    }

    void start() {
        if (looking == null) {
            secondsWithoutAByte = 0;
            hasMoved();
            looking = channel.eventLoop().scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
        }
    }

    void stop() {
        if (looking != null) {
            looking.cancel(false);
            looking = null;
        }
        head = null;
    }

    private void look() {
        secondsWithoutAByte = hasMoved() ? 0 : secondsWithoutAByte + 1;
        if (secondsWithoutAByte >= secondsMax) {
            stop();
            stalled.run();
        }
    }

    /** Whether another buffer is at the head of what waits, or less of the same. */
    private boolean hasMoved() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        Object headNow = waiting == null ? null : waiting.current();
        long takenNow = waiting == null ? 0 : waiting.currentProgress();
        boolean moved = headNow != head || takenNow != headTaken;
        head = headNow;
        headTaken = takenNow;
        return moved;
    }
}
