package tavern.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Detects a client that takes nothing: checks once a second while more waits for the client than should. A client that
 * takes a little is slow, and its connection is closed only when too much waits. Confined to the connection's loop.
 */
final class StallWatch {
    private final Channel channel;
    private final int secondsMax;
    private final Runnable stalled;

    private @Nullable ScheduledFuture<?> timer;
    private @Nullable Object head;
    private long headTaken;
    private int secondsWithoutAByte;

    StallWatch(Channel channel, int secondsMax, Runnable stalled) {
        this.channel = channel;
        this.secondsMax = secondsMax;
        this.stalled = stalled;
    }

    void start() {
        if (timer == null) {
            secondsWithoutAByte = 0;
            hasMoved();
            timer = channel.eventLoop().scheduleWithFixedDelay(this::check, 1, 1, TimeUnit.SECONDS);
        }
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        head = null;
    }

    /** The number of seconds for which nothing has been taken. */
    int seconds() {
        return timer == null ? 0 : secondsWithoutAByte;
    }

    private void check() {
        secondsWithoutAByte = hasMoved() ? 0 : secondsWithoutAByte + 1;
        if (secondsWithoutAByte >= secondsMax) {
            stop();
            stalled.run();
        }
    }

    /** Returns whether the head of the outbound queue is another buffer, or less of the same one. */
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
