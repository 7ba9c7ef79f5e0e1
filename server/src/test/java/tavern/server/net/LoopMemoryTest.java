package tavern.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.ClientMessage;

/** What waits on several event loops together. */
class LoopMemoryTest {
    @Test
    void theShortageEndsForALoopWhenAnotherOneFreesMemory() {
        OutboundBudget budget = new OutboundBudget(1_000_000);
        LoopMemory one = new LoopMemory(ImmediateEventExecutor.INSTANCE, budget);
        LoopMemory other = new LoopMemory(ImmediateEventExecutor.INSTANCE, budget);
        other.changed(900_000);
        one.changed(200_000);
        assertThat(one.isExceeded()).isTrue();
        other.changed(-900_000);
        assertThat(one.isExceeded()).isFalse();
    }

    /** To close a connection may take a while, and others wait for their turn on the loop. */
    @Test
    void theSlowestAreClosedAFewAtATimeUntilTheRestIsLittleEnough() {
        EmbeddedChannel loop = new EmbeddedChannel();
        LoopMemory memory = new LoopMemory(loop.eventLoop(), new OutboundBudget(1L << 40));
        NetMetrics metrics = new NetMetrics(new SimpleMeterRegistry());
        List<NettyConnection> connections = new ArrayList<>();
        for (int i = 1; i <= 60; i++) {
            NettyConnection connection = connection(memory, metrics);
            connection.write(Unpooled.wrappedBuffer(new byte[1_000 * i]));
            connection.count();
            connections.add(connection);
        }
        assertThat(memory.bytes()).isGreaterThan(1_830_000);

        List<Integer> closedAtEachTurn = new ArrayList<>();
        memory.shrinkTo(200_000);
        Runnable turn = new Runnable() {
            @Override
            public void run() {
                closedAtEachTurn.add((int)
                        connections.stream().filter(NettyConnection::isClosing).count());
                if (memory.bytes() > 200_000) {
                    loop.eventLoop().execute(this);
                }
            }
        };
        loop.eventLoop().execute(turn);
        loop.runPendingTasks();
        // The first choice is of the 30 that have more than the average, the second is of those that are left.
        assertThat(closedAtEachTurn).startsWith(16, 30).endsWith(41);
        assertThat(connections.subList(0, 19)).noneMatch(NettyConnection::isClosing);
        assertThat(connections.subList(19, 60)).allMatch(NettyConnection::isClosing);
        assertThat(memory.bytes()).isBetween(190_000L, 200_000L);
    }

    private static NettyConnection connection(LoopMemory memory, NetMetrics metrics) {
        MessageDecoder inbound = new MessageDecoder(new MoveMessage(), 4_096, 5) {
            @Override
            void onHeld() {
                throw new AssertionError("nothing comes in");
            }

            @Override
            void onMove(int seq, int x, int y) {
                throw new AssertionError("nothing comes in");
            }

            @Override
            void onMessage(ClientMessage message) {
                throw new AssertionError("nothing comes in");
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                throw new AssertionError(cause);
            }
        };
        EmbeddedChannel channel = new EmbeddedChannel(inbound);
        NetSettings.Limits limits =
                new NetSettings.Limits(4_096, 4_096, 5, 60, 5, 1_000, 1_000, 1_000, List.of(), 1 << 20, 5, 0);
        return new NettyConnection(
                channel.pipeline().context(inbound),
                InetAddress.getLoopbackAddress(),
                inbound,
                limits,
                metrics,
                memory);
    }
}
