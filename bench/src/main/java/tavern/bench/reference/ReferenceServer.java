package tavern.bench.reference;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tavern.bench.IoUringLoops;

/** Listens on any free loopback port, with the same loops, options and buffers as Tavern over epoll. */
public final class ReferenceServer implements AutoCloseable {
    private static final int PENDING_BYTES_LOW = 32 * 1024;
    private static final int PENDING_BYTES_HIGH = 64 * 1024;
    private static final int USER_TIMEOUT_MILLIS = 10_000;

    private final EventLoopGroup acceptor;
    private final EventLoopGroup loops;
    private final Channel listener;

    private ReferenceServer(EventLoopGroup acceptor, EventLoopGroup loops, Channel listener) {
        this.acceptor = acceptor;
        this.loops = loops;
        this.listener = listener;
    }

    /**
     * @param atOnce whether to send each move when it arrives, not together with others at each tick
     * @param ioUring whether to use io_uring instead of epoll, or of NIO where epoll is not available
     */
    public static ReferenceServer start(int tickHz, boolean atOnce, boolean ioUring) throws IOException {
        boolean epoll = !ioUring && Epoll.isAvailable();
        IoHandlerFactory handlers =
                ioUring ? IoUringLoops.handlers() : epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        EventLoopGroup acceptor = loops(1, "accept", handlers);
        EventLoopGroup loops = loops(Runtime.getRuntime().availableProcessors(), "net", handlers);
        List<ReferenceTicks> ticks = new ArrayList<>();
        for (EventExecutor loop : loops) {
            ticks.add(new ReferenceTicks((EventLoop) loop, tickHz));
        }
        ReferenceRooms rooms = new ReferenceRooms(ticks, atOnce);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(acceptor, loops)
                .channel(
                        ioUring
                                ? IoUringServerSocketChannel.class
                                : epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new ReferenceConnection(channel, rooms));
                    }
                })
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(PENDING_BYTES_LOW, PENDING_BYTES_HIGH));
        if (ioUring) {
            bootstrap.childOption(IoUringChannelOption.TCP_USER_TIMEOUT, USER_TIMEOUT_MILLIS);
        } else if (epoll) {
            bootstrap.childOption(EpollChannelOption.TCP_USER_TIMEOUT, USER_TIMEOUT_MILLIS);
        }
        var bound = bootstrap.bind("127.0.0.1", 0).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("the reference cannot listen", bound.cause());
        }
        return new ReferenceServer(acceptor, loops, bound.channel());
    }

    private static EventLoopGroup loops(int threads, String name, IoHandlerFactory handlers) {
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), handlers);
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
        acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
