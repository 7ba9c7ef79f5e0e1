package tavern.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.server.session.Connection;
import tavern.server.session.Stage;
import tavern.server.session.TokenBucket;

/** The end of the pipeline: messages to the connection's stage, and every way a connection can end. */
final class ConnectionHandler extends MessageDecoder implements IdleWheel.Watched {
    private static final Logger log = LoggerFactory.getLogger(ConnectionHandler.class);

    private final Function<Connection, Stage> firstStage;
    private final NetSettings.Limits limits;
    private final InstantSource clock;
    private final NetMetrics metrics;
    private final IdleWheel idleWheel;
    private final TokenBucket messages;
    private NettyConnection connection;
    private IdleWheel.Watch watch;
    private @Nullable ScheduledFuture<?> helloDeadline;
    private long heardAt;
    private long received;

    @SuppressWarnings("NullAway.Init") // what handlerAdded sets: nothing is called before
    ConnectionHandler(
            Function<Connection, Stage> firstStage,
            NetSettings.Limits limits,
            InstantSource clock,
            NetMetrics metrics,
            IdleWheel idleWheel,
            MoveMessage move) {
        super(move, limits.helloBytesMax(), limits.frameSeconds());
        this.firstStage = firstStage;
        this.limits = limits;
        this.clock = clock;
        this.metrics = metrics;
        this.idleWheel = idleWheel;
        this.messages = new TokenBucket(limits.framesPerSecond(), clock.millis());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        connection = new NettyConnection(context, this, limits, metrics);
        heardAt = idleWheel.now();
        watch = idleWheel.watch(this);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        super.handlerRemoved0(context);
        watch.stop();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        connection.become(firstStage.apply(connection));
        // P-5: in all, not since the last byte: a byte a second does not help.
        helloDeadline = context.executor()
                .schedule(
                        () -> {
                            if (!connection.isIdentified()) {
                                fail(ErrorCode.HELLO_TIMEOUT, "no Hello within " + limits.helloSeconds() + " s");
                            }
                        },
                        limits.helloSeconds(),
                        TimeUnit.SECONDS);
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
    void onMove(int seq, int x, int y) {
        Stage stage = stageOfNext();
        if (stage != null) {
            stage.onMove(seq, x, y);
        }
    }

    @Override
    void onMessage(ClientMessage message) {
        Stage stage = stageOfNext();
        if (stage != null) {
            stage.on(message);
        }
    }

    /** Counts one message. @return null when it is not wanted */
    private @Nullable Stage stageOfNext() {
        Stage stage = connection.stage();
        if (stage == null || connection.isClosing()) {
            return null;
        }
        received++;
        if (messages.tryTake(clock.millis()) > 0) {
            fail(ErrorCode.FLOODING, "more than " + limits.framesPerSecond() + " messages a second");
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
        fail(ErrorCode.IDLE_TIMEOUT, "nothing was heard for " + limits.idleSeconds() + " s");
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
            // The peer is gone, or its TLS is none: nothing can be said.
            context.close();
        } else {
            log.error("a connection failed: {}", connection.summary(), cause);
            fail(ErrorCode.GOING_AWAY, "the server failed at this connection; its log knows more");
        }
    }

    private void fail(ErrorCode code, @Nullable String text) {
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
        // The superclass reads what a failure has left unread; nobody is there any more to whom it means something.
        discardAll();
        super.channelInactive(context);
        if (helloDeadline != null) {
            helloDeadline.cancel(false);
        }
        connection.closed();
        Stage stage = connection.stage();
        if (stage != null) {
            stage.closed();
        }
        if (log.isInfoEnabled() && connection.isIdentified()) {
            log.info("{} after {} messages", connection.summary(), received);
        } else {
            log.debug("{} after {} messages", connection.summary(), received);
        }
    }
}
