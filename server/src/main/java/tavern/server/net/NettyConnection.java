package tavern.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.room.Barrier;
import tavern.server.room.Frames;
import tavern.server.room.Wire;
import tavern.server.session.Connection;
import tavern.server.session.Stage;

/**
 * The only writer of a connection. A client that reads too slowly first misses snapshots. Its connection is closed,
 * with a session that can be resumed, when too much waits for it, when it takes nothing for too long, or when too much
 * waits for all clients together and it is among the slowest.
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
    private final LoopMemory memory;
    private final PacedMessages paced = new PacedMessages(this);
    private final Barrier barrier = new Barrier(this);
    private final Runnable plannedFlush = this::flushAsPlanned;

    // Confined to the loop.
    private Carrier carrier = Carrier.STREAM;
    private @Nullable Stage stage;
    private String session = "-";
    private String reason = "closed by the client";
    private int lastTick;
    private int bytesUnflushed;
    private boolean isFlushPlanned;
    private boolean identified;
    private int placeInMemory;
    private long waitingBytes;

    // Written by the loop, read by any thread.
    private volatile boolean needsState;
    private volatile boolean closing;

    /**
     * A connection that is plain TCP at first.
     *
     * @param out where outbound frames enter the pipeline
     * @param address of the client, as far as it is known
     */
    NettyConnection(
            ChannelHandlerContext out,
            InetAddress address,
            MessageDecoder inbound,
            NetSettings.Limits limits,
            NetMetrics metrics,
            LoopMemory memory) {
        this.out = out;
        this.channel = out.channel();
        this.inbound = inbound;
        this.limits = limits;
        this.metrics = metrics;
        this.memory = memory;
        this.address = address;
        String text = "the client took nothing for " + limits.outboundStalledSeconds() + " s";
        this.stalls = new StallWatch(channel, limits.outboundStalledSeconds(), () -> tooSlow(text));
        this.placeInMemory = memory.add(this);
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
    public boolean takesMore() {
        return channel.isWritable();
    }

    @Override
    public void send(ServerMessage message) {
        if (loop().inEventLoop()) {
            if (hasRoom()) {
                put(Frames.encode(channel.alloc(), message));
                flushSoon();
            }
        } else {
            loop().execute(() -> send(message));
        }
    }

    /**
     * Behind the tasks that the loop has now: what they send to this client leaves with the same write to the socket. At once
     * when that is so much that the client would be taken for a slow one.
     */
    private void flushSoon() {
        if (!channel.isWritable()) {
            flush();
        } else if (!isFlushPlanned) {
            isFlushPlanned = true;
            loop().execute(plannedFlush);
        }
    }

    private void flushAsPlanned() {
        isFlushPlanned = false;
        if (bytesUnflushed > 0) {
            flush();
        }
    }

    @Override
    public boolean sendPaced(Iterator<ServerMessage> messages) {
        return paced.start(messages);
    }

    @Override
    public int frameBytesMax() {
        return limits.frameBytesMax();
    }

    /** Sends at once, and returns when the message has left for the client. On the loop. */
    ChannelFuture sendTracked(ServerMessage message) {
        ChannelPromise written = out.newPromise();
        bytesUnflushed += carrier.write(out, Frames.encode(channel.alloc(), message), written);
        // Fails as all other writes do, whose promise is void.
        written.addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        flush();
        return written;
    }

    // ---- Outlet, on the loop ----

    @Override
    public Barrier barrier() {
        return barrier;
    }

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

    @Override
    public void writeVolatile(ByteBuf frame) {
        if (!closing && !needsState && channel.isWritable()) {
            put(frame);
        } else {
            frame.release();
            metrics.eventsSkipped.increment();
        }
    }

    private void put(ByteBuf frame) {
        bytesUnflushed += carrier.write(out, frame, out.voidPromise());
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
        count();
    }

    /** Updates the loop's memory with what waits for this client now. */
    void count() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        long now = (waiting == null ? 0 : waiting.totalPendingWriteBytes()) + inbound.heldBytes() + carrier.heldBytes();
        if (now != waitingBytes) {
            long by = now - waitingBytes;
            waitingBytes = now;
            memory.changed(by);
        }
    }

    long waitingBytes() {
        return waitingBytes;
    }

    /** A measure that grows with the bytes that wait, and with the time for which none have been taken. */
    long slowness() {
        return waitingBytes * (1 + stalls.seconds());
    }

    void placeInMemory(int place) {
        placeInMemory = place;
    }

    /** Too much waits for all clients together, and more than the average for this one. */
    void closeForMemory() {
        if (closing) {
            // Its last message is among what waits.
            channel.close();
        }
        tooSlow("too much waits for all clients together, and much of it for this one");
        count();
    }

    /** No memory was available for something that this client needs. */
    void closeWithoutMemory() {
        tooSlow("no memory was left for its messages");
    }

    @Override
    public void failed() {
        if (!closing) {
            closing = true;
            inbound.discardAll();
            reason = "a frame for it could not be written";
            channel.close();
        }
    }

    @Override
    public boolean isBehind() {
        return needsState;
    }

    @Override
    public boolean needsState() {
        // A client that takes nothing cannot use the state yet.
        return needsState && channel.isWritable();
    }

    /** Returns whether more may wait for this client; if not, closes the connection. */
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
        if (memory.isExceeded() && !channel.isWritable()) {
            closeForMemory();
            return false;
        }
        return true;
    }

    /** Called when the channel becomes writable or stops being so. */
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

    /** The connection is gone, or never became one. */
    void forgotten() {
        memory.changed(-waitingBytes);
        waitingBytes = 0;
        memory.remove(placeInMemory);
    }

    /** A client that does not read cannot be told anything: closes at once and drops what waits. */
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
    public void close(int replyTo, ErrorCode code, String text) {
        onLoop(() -> {
            if (!closing) {
                closing = true;
                reason = code + ": " + text;
                metrics.closed(code).increment();
                ByteBuf error = Frames.encode(channel.alloc(), Wire.error(replyTo, code, text, 0));
                sayGoodbye(carrier.lastWord(channel.alloc(), error, code));
            }
        });
    }

    @Override
    public void closeQuietly() {
        onLoop(() -> {
            if (!closing) {
                closing = true;
                reason = "the client said goodbye";
                sayGoodbye(carrier.lastWord(channel.alloc(), null, null));
            }
        });
    }

    /**
     * Sends the last message, then ends our side; what the client still sends is read and discarded until it closes
     * too. Closing with unread bytes would send a reset, which can overtake the last message.
     */
    private void sayGoodbye(Object lastWord) {
        writeLast(lastWord).addListener(written -> endOutput(written.isSuccess()));
    }

    /** The client has closed its WebSocket, which is answered. A session goes on, as after a lost connection. */
    void closedByClient(ByteBuf answer) {
        if (!closing) {
            closing = true;
            writeLast(answer).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private ChannelFuture writeLast(Object lastWord) {
        inbound.discardAll();
        int bytes = lastWord instanceof ByteBufHolder holder
                ? holder.content().readableBytes()
                : ((ByteBuf) lastWord).readableBytes();
        metrics.bytesOut.increment(bytesUnflushed + bytes);
        bytesUnflushed = 0;
        // A peer that takes nothing, or does not close, must not keep the connection open.
        loop().schedule(() -> channel.close(), GOODBYE_SECONDS_MAX, TimeUnit.SECONDS);
        return out.writeAndFlush(lastWord);
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

    /** Sets what carries the frames from now on. */
    void carriedBy(Carrier next) {
        carrier = next;
    }

    /** The most that an inbound frame may have now. */
    int inboundBytesMax() {
        return identified ? limits.frameBytesMax() : limits.helloBytesMax();
    }

    boolean isIdentified() {
        return identified;
    }

    boolean isClosing() {
        return closing;
    }

    /** The line for the log. */
    String summary() {
        return "session " + session + " from " + address.getHostAddress() + " ended in "
                + (stage == null ? "-" : stage.name()) + ": " + reason;
    }
}
