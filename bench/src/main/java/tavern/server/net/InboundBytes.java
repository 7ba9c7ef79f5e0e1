package tavern.server.net;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import tavern.bench.wire.Varints;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Move;
import tavern.server.session.Stage;
import tavern.server.time.MonotonicClock;

/**
 * The server's own pipeline without a socket, from bytes to a stage. It is in the server's package because the classes
 * that assemble the pipeline are package-private. Confined to one thread.
 */
public final class InboundBytes {
    private final Channel channel;

    /** Receives the moves that the pipeline decodes. */
    @FunctionalInterface
    public interface MoveSink {
        void move(int seq, int x, int y);
    }

    public InboundBytes(MoveSink sink) {
        NetSettings.Limits limits = new NetSettings.Limits(
                16_384, 4_096, 3_600, 3_600, 3_600, Integer.MAX_VALUE, 1, 1, List.of(), 1 << 20, 3_600, 0);
        NetSettings settings = new NetSettings("", 0, NetSettings.Transport.AUTO, null, List.of(), List.of(), limits);
        NetMetrics metrics = new NetMetrics(new SimpleMeterRegistry());
        OutboundBudget budget = new OutboundBudget(1L << 30);
        ConnectionInitializer initializer = new ConnectionInitializer(
                settings,
                null,
                connection -> new MoveStage(sink),
                MonotonicClock.system(),
                metrics,
                new DefaultChannelGroup(GlobalEventExecutor.INSTANCE),
                new AcceptGate(settings, 1, budget, metrics),
                budget);
        channel = new EmbeddedChannel(initializer) {
            @Override
            protected SocketAddress remoteAddress0() {
                return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
            }
        };
    }

    /** Handles these bytes as if they had just been read from the socket, and releases the buffer. */
    public void read(ByteBuf bytes) {
        channel.pipeline().fireChannelRead(bytes);
        channel.pipeline().fireChannelReadComplete();
    }

    /** Overwrites the buffer with a frame that holds a move. */
    public static void writeMove(ByteBuf out, int seq, int x, int y) {
        int zigX = Varints.zigZag(x);
        int zigY = Varints.zigZag(y);
        int move = 2 + Varints.bytes(zigX) + Varints.bytes(zigY);
        out.clear().writeByte(1 + Varints.bytes(seq) + 2 + move).writeByte(ClientMessage.SEQ_FIELD_NUMBER << 3);
        Varints.write(out, seq);
        out.writeByte(ClientMessage.MOVE_FIELD_NUMBER << 3 | 2).writeByte(move);
        out.writeByte(Move.X_FIELD_NUMBER << 3);
        Varints.write(out, zigX);
        out.writeByte(Move.Y_FIELD_NUMBER << 3);
        Varints.write(out, zigY);
    }

    private record MoveStage(MoveSink sink) implements Stage {
        @Override
        public void on(ClientMessage message) {
            Move move = message.getMove();
            onMove(message.getSeq(), move.getX(), move.getY());
        }

        @Override
        public void onMove(int seq, int x, int y) {
            sink.move(seq, x, y);
        }

        @Override
        public void fail(ErrorCode code, String text) {
            throw new IllegalStateException(code + ": " + text);
        }

        @Override
        public void closed() {
            // Nothing to release.
        }

        @Override
        public String name() {
            return "bench";
        }
    }
}
