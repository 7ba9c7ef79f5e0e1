package tavern.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.room.Frames;
import tavern.server.room.Wire;
import tavern.server.session.Connection;
import tavern.server.session.Stage;

/**
 * The one writer of a connection. A client that reads too slowly first misses snapshots; when too much waits for it,
 * or nothing is taken for too long, the connection is closed, and the session can be resumed.
 */
final class NettyConnection implements Connection {
    static final int GOODBYE_SECONDS_MAX = 2;

    private final ChannelHandlerContext out;
    private final Channel channel;
    private final MessageDecoder inbound;
    private final NetSettings.Limits limits;
    private final NetMetrics metrics;
    private final InetAddress address;
    private final StallWatch stalls;

    // Of the loop.
    private @Nullable Stage stage;
    private String session = "-";
    private String reason = "closed by the client";
    private int lastTick;
    private int bytesUnflushed;
    private boolean identified;

    // Written by the loop, read by all.
    private volatile boolean needsState;
    private volatile boolean closing;

    /** @param out where frames enter the pipeline on their way out */
    NettyConnection(ChannelHandlerContext out, MessageDecoder inbound, NetSettings.Limits limits, NetMetrics metrics) {
        this.out = out;
        this.channel = out.channel();
        this.inbound = inbound;
        this.limits = limits;
        this.metrics = metrics;
        this.address = ((InetSocketAddress) channel.remoteAddress()).getAddress();
        String text = "the client took nothing for " + limits.outboundStalledSeconds() + " s";
        this.stalls = new StallWatch(channel, limits.outboundStalledSeconds(), () -> tooSlow(text));
    }

    @Override
    public InetAddress address() {
        return address;
    }

    @Override
    public EventExecutor loop() {
        return channel.eventLoop();
    }

    @Override
    public boolean isOpen() {
        return channel.isActive() && !closing;
    }

    @Override
    public void send(ServerMessage message) {
        if (loop().inEventLoop()) {
            if (hasRoom()) {
                put(Frames.encode(channel.alloc(), message));
                flush();
            }
        } else {
            loop().execute(() -> send(message));
        }
    }

    // ---- Outlet, on the loop ----

    @Override
    public void write(ByteBuf frame) {
        if (hasRoom()) {
            put(frame);
        } else {
            frame.release();
        }
    }

    @Override
    public void writeSnapshot(ByteBuf frame, int tick, int previousTick) {
        if (!closing && channel.isWritable() && previousTick == lastTick) {
            lastTick = tick;
            put(frame);
        } else {
            frame.release();
            needsState = true;
            metrics.snapshotsSkipped.increment();
        }
    }

    @Override
    public void writeState(ByteBuf frame, int tick) {
        if (hasRoom() && channel.isWritable()) {
            inStep(tick);
            put(frame);
        } else {
            frame.release();
            needsState = true;
        }
    }

    private void put(ByteBuf frame) {
        bytesUnflushed += frame.readableBytes();
        out.write(frame, out.voidPromise());
    }

    @Override
    public void inStep(int tick) {
        lastTick = tick;
        needsState = false;
    }

    @Override
    public void flush() {
        metrics.bytesOut.increment(bytesUnflushed);
        bytesUnflushed = 0;
        out.flush();
    }

    @Override
    public boolean isBehind() {
        return needsState;
    }

    @Override
    public boolean needsState() {
        // A client that takes nothing has no use for it yet.
        return needsState && channel.isWritable();
    }

    /** Whether more may wait for this client; if not, that was its end. */
    private boolean hasRoom() {
        if (closing) {
            return false;
        }
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        if (waiting == null) {
            return false;
        }
        if (waiting.totalPendingWriteBytes() > limits.outboundBytesMax()) {
            tooSlow("more than " + limits.outboundBytesMax() + " bytes wait for the client");
            return false;
        }
        return true;
    }

    /** Called when it changes whether the client takes what is written. */
    void writabilityChanged() {
        if (channel.isWritable() || closing) {
            stalls.stop();
        } else {
            stalls.start();
        }
    }

    /** The connection is gone. */
    void closed() {
        stalls.stop();
    }

    /** Nothing can be said to a client that does not read: closes at once and drops what waits. */
    private void tooSlow(String text) {
        if (!closing) {
            closing = true;
            inbound.discardAll();
            reason = ErrorCode.SLOW_CONSUMER + ": " + text;
            metrics.closed(ErrorCode.SLOW_CONSUMER).increment();
            channel.close();
        }
    }

    // ---- closing ----

    @Override
    public void close(ErrorCode code, String text) {
        onLoop(() -> {
            if (!closing) {
                closing = true;
                reason = code + ": " + text;
                metrics.closed(code).increment();
                sayGoodbye(Wire.error(0, code, text, 0));
            }
        });
    }

    @Override
    public void closeQuietly() {
        onLoop(() -> {
            if (!closing) {
                closing = true;
                reason = "said good-bye";
                sayGoodbye(null);
            }
        });
    }

    /**
     * The last word, then the end of our side; what the client still sends is read and thrown away until it closes too.
     * Closing with bytes unread would be a reset, which can overtake the last word.
     */
    private void sayGoodbye(@Nullable ServerMessage error) {
        inbound.discardAll();
        ByteBuf lastWord = error == null ? Unpooled.EMPTY_BUFFER : Frames.encode(channel.alloc(), error);
        metrics.bytesOut.increment(bytesUnflushed + lastWord.readableBytes());
        bytesUnflushed = 0;
        out.writeAndFlush(lastWord).addListener(written -> endOutput(written.isSuccess()));
        // A peer that takes nothing, or does not close, must not keep the connection open.
        loop().schedule(() -> channel.close(), GOODBYE_SECONDS_MAX, TimeUnit.SECONDS);
    }

    private void endOutput(boolean lastWordWritten) {
        if (lastWordWritten
                && channel.pipeline().get(SslHandler.class) == null
                && channel instanceof DuplexChannel plain) {
            plain.shutdownOutput();
        } else {
            channel.close();
        }
    }

    private void onLoop(Runnable task) {
        if (loop().inEventLoop()) {
            task.run();
        } else {
            loop().execute(task);
        }
    }

    // ---- the stage ----

    @Override
    public void become(Stage next) {
        if (channel.isActive()) {
            stage = next;
        } else {
            next.closed();
        }
    }

    @Nullable
    Stage stage() {
        return stage;
    }

    @Override
    public void identified(String id) {
        session = id;
        identified = true;
        inbound.frameBytesMax(limits.frameBytesMax());
    }

    boolean isIdentified() {
        return identified;
    }

    boolean isClosing() {
        return closing;
    }

    /** For the line in the log. */
    String summary() {
        return "session " + session + " from " + address.getHostAddress() + " ended in "
                + (stage == null ? "-" : stage.name()) + ": " + reason;
    }
}
