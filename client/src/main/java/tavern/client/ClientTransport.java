package tavern.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/** Event loops and their sockets: epoll where available, otherwise NIO. */
public final class ClientTransport {
    private ClientTransport() {}

    /** Makes event loops on daemon threads; the caller shuts the group down. */
    public static EventLoopGroup loops(int threads) {
        var factory = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("tavern-client", true), factory);
    }

    /** Connects with a pipeline that gives the handler whole frames. */
    static ChannelFuture connect(ClientSettings settings, ServerRoute route, EventLoop loop, ClientHandler handler) {
        String host = route.host();
        int port = route.port();
        return new Bootstrap()
                .group(loop)
                .channel(socketOf(loop))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, settings.connectMillis())
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel opened) {
                        if (settings.tls() != null) {
                            opened.pipeline().addLast(settings.tls().newHandler(opened.alloc(), host, port));
                        }
                        opened.pipeline()
                                .addLast(new FrameDecoder(settings.frameBytesMax()))
                                .addLast(handler);
                    }
                })
                .connect(host, port);
    }

    private static Class<? extends Channel> socketOf(EventLoop loop) {
        return loop instanceof IoEventLoop io && io.isCompatible(EpollIoHandle.class)
                ? EpollSocketChannel.class
                : NioSocketChannel.class;
    }
}
