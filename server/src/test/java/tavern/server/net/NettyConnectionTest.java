package tavern.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Pong;
import tavern.protocol.v1.ServerMessage;

class NettyConnectionTest {
    private static final int SECONDS_MAX = 30;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Socket client = new Socket();
    private int flushes;

    @AfterEach
    void stop() throws Exception {
        client.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void whatWaitingTasksSendToOneClientLeavesTogetherAndInItsOrder() throws Exception {
        NettyConnection connection = connected();
        loop.execute(() -> {
            for (int i = 1; i <= 5; i++) {
                int number = i;
                connection.loop().execute(() -> connection.send(pong(number)));
            }
        });
        for (int i = 1; i <= 5; i++) {
            assertThat(next()).isEqualTo(pong(i));
        }
        assertThat(flushes()).isEqualTo(1);

        connection.send(pong(6));
        assertThat(next()).isEqualTo(pong(6));
        assertThat(flushes()).isEqualTo(2);
    }

    private ServerMessage next() throws Exception {
        return ServerMessage.parseDelimitedFrom(client.getInputStream());
    }

    private int flushes() throws Exception {
        return loop.submit(() -> flushes).get(SECONDS_MAX, TimeUnit.SECONDS);
    }

    private static ServerMessage pong(int replyTo) {
        return ServerMessage.newBuilder()
                .setReplyTo(replyTo)
                .setPong(Pong.getDefaultInstance())
                .build();
    }

    private NettyConnection connected() throws Exception {
        CompletableFuture<NettyConnection> accepted = new CompletableFuture<>();
        InetSocketAddress address = (InetSocketAddress) new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted.complete(connection(channel));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel()
                .localAddress();
        client.setSoTimeout((int) TimeUnit.SECONDS.toMillis(SECONDS_MAX));
        client.connect(address);
        return accepted.get(SECONDS_MAX, TimeUnit.SECONDS);
    }

    private NettyConnection connection(Channel channel) {
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
        channel.pipeline()
                .addLast(new ChannelOutboundHandlerAdapter() {
                    @Override
                    public void flush(ChannelHandlerContext context) {
                        flushes++;
                        context.flush();
                    }
                })
                .addLast(inbound);
        NetSettings.Limits limits =
                new NetSettings.Limits(4_096, 4_096, 5, 60, 5, 1_000, 1_000, 1_000, List.of(), 1 << 20, 5, 0);
        return new NettyConnection(
                channel.pipeline().context(inbound),
                InetAddress.getLoopbackAddress(),
                inbound,
                limits,
                new NetMetrics(new SimpleMeterRegistry()),
                new LoopMemory(channel.eventLoop(), new OutboundBudget(1L << 40)));
    }
}
