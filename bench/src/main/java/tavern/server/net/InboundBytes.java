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
import tavern.server.SteadyClock;
import tavern.server.session.Stage;

/**
 * The server's own pipeline without a socket, from bytes to a stage. In the server's package because only the server
 * itself puts it together. One thread.
 */
public final class InboundBytes {
    private final Channel channel;

    /** What the last handler hands a move to. */
    @FunctionalInterface
    public interface MoveSink {
        void move(int seq, int x, int y);
    }

    public InboundBytes(MoveSink sink) {
        NetSettings.Limits limits = new NetSettings.Limits(
                16_384, 4_096, 3_600, 3_600, 3_600, Integer.MAX_VALUE, 1, 1, List.of(), 1 << 20, 3_600);
        ConnectionInitializer initializer = new ConnectionInitializer(
                limits,
                null,
                connection -> new MoveStage(sink),
                new SteadyClock(),
                new NetMetrics(new SimpleMeterRegistry()),
                new DefaultChannelGroup(GlobalEventExecutor.INSTANCE));
        channel = new EmbeddedChannel(initializer) {
            @Override
            protected SocketAddress remoteAddress0() {
                return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
            }
        };
    }

    /** As if it had just been read from the socket; the buffer is released. */
    public void read(ByteBuf bytes) {
        channel.pipeline().fireChannelRead(bytes);
        channel.pipeline().fireChannelReadComplete();
    }

    /** A frame with a move, written over what the buffer held. */
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
            // At the very end.
        }

        @Override
        public String name() {
            return "bench";
        }
    }
}
