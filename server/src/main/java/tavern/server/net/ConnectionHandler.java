package tavern.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.server.guard.PacedLog;
import tavern.server.room.TokenBucket;
import tavern.server.session.Connection;
import tavern.server.session.Stage;
import tavern.server.time.MonotonicClock;

/**
 * The end of the pipeline: passes messages to the connection's stage, and handles every way in which a connection can
 * end.
 */
final class ConnectionHandler extends MessageDecoder implements IdleWheel.Watched {
    private static final Logger log = LoggerFactory.getLogger(ConnectionHandler.class);

    /** Clients can connect and leave as often as they like, and each end of a session is a line. */
    private static final PacedLog ends = PacedLog.perSecond(log, 50);

    private static final PacedLog failures = PacedLog.perSecond(log);

    private final InetAddress address;
    private final Function<Connection, Stage> firstStage;
    private final NetSettings.Limits limits;
    private final MonotonicClock clock;
    private final NetMetrics metrics;
    private final IdleWheel idleWheel;
    private final LoopMemory memory;
    private final OutboundBudget budget;
    private final TokenBucket messages;
    private NettyConnection connection;
    private IdleWheel.Watch watch;
    private long heardAt;
    private long received;

    @SuppressWarnings("NullAway.Init") // handlerAdded sets these fields before any other call
    ConnectionHandler(
            InetAddress address,
            Function<Connection, Stage> firstStage,
            NetSettings.Limits limits,
            MonotonicClock clock,
            NetMetrics metrics,
            IdleWheel idleWheel,
            LoopMemory memory,
            OutboundBudget budget,
            MoveMessage move) {
        super(move, limits.helloBytesMax(), limits.frameSeconds());
        this.address = address;
        this.firstStage = firstStage;
        this.limits = limits;
        this.clock = clock;
        this.metrics = metrics;
        this.idleWheel = idleWheel;
        this.memory = memory;
        this.budget = budget;
        this.messages = new TokenBucket(limits.framesPerSecond(), clock.millis());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        connection = new NettyConnection(context, address, this, limits, metrics, memory);
        heardAt = idleWheel.now();
        watch = idleWheel.watch(this);
    }

    /** Valid from the moment at which this handler is in a pipeline. */
    NettyConnection connection() {
        return connection;
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        super.handlerRemoved0(context);
        watch.stop();
        connection.forgotten();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        connection.become(firstStage.apply(connection));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        heardAt = idleWheel.now();
        if (message instanceof ByteBuf bytes) {
            metrics.bytesIn.increment(bytes.readableBytes());
        }
        super.channelRead(context, message);
    }

    @Override
    void onHeld() {
        connection.count();
    }

    @Override
    void onMove(int seq, int x, int y) {
        Stage stage = stageOfNext(seq);
        if (stage != null) {
            stage.onMove(seq, x, y);
        }
    }

    @Override
    void onMessage(ClientMessage message) {
        Stage stage = stageOfNext(message.getSeq());
        if (stage != null) {
            stage.on(message);
        }
    }

    /** Counts one message. @return null when the message must be discarded */
    private @Nullable Stage stageOfNext(int seq) {
        Stage stage = connection.stage();
        if (stage == null || connection.isClosing()) {
            return null;
        }
        received++;
        if (messages.tryTake(clock.millis()) > 0) {
            fail(ErrorCode.FLOODING, "more than " + limits.framesPerSecond() + " messages a second");
            return null;
        }
        if (seq == 0) {
            // P-10: a reply_to of 0 answers nothing, so no answer to this message could be told from none.
            fail(ErrorCode.BAD_MESSAGE, "seq is 0 or missing; it starts at 1, and 1 follows 4294967295");
            return null;
        }
        return stage;
    }

    @Override
    public long heardAt() {
        return heardAt;
    }

    @Override
    public void idle() {
        fail(ErrorCode.IDLE_TIMEOUT, "nothing was received for " + limits.idleSeconds() + " s");
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        connection.writabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof ProtocolException violation) {
            fail(violation.code(), violation.getMessage());
        } else if (cause instanceof IOException || cause instanceof DecoderException) {
            // The peer is gone, or the TLS handshake failed: no message can be sent.
            context.close();
        } else if (cause instanceof OutOfMemoryError shortage) {
            // This is direct memory: when the heap is used up, the process ends. It costs this connection, and then the
            // slowest ones.
            connection.closeWithoutMemory();
            budget.allocationFailed(shortage);
        } else {
            failures.error("a connection failed: {}", connection.summary(), cause);
            fail(ErrorCode.GOING_AWAY, "the server failed at this connection; see its log");
        }
    }

    private void fail(ErrorCode code, @Nullable String text) {
        if (connection.isClosing()) {
            // What was read together with the first mistake may hold more of them.
            return;
        }
        Stage stage = connection.stage();
        String words = text == null ? "" : text;
        if (stage != null) {
            stage.fail(code, words);
        } else {
            connection.close(code, words);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        // The superclass decodes what a failure has left unread, but nobody needs it any more.
        discardAll();
        super.channelInactive(context);
        connection.closed();
        Stage stage = connection.stage();
        if (stage != null) {
            stage.closed();
        }
        if (connection.isIdentified()) {
            ends.info("{} after {} messages", connection.summary(), received);
        } else {
            log.debug("{} after {} messages", connection.summary(), received);
        }
    }
}
