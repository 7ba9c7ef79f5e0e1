package tavern.sim.cluster;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Stands between many clients and a server, and fails as networks do. The tests of the server have one with two threads for
 * each connection; this one carries hundreds of bots. Safe on any thread; what it is told takes effect a moment later.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
public final class FaultProxy implements AutoCloseable {
    private static final int CONNECT_MILLIS = 2_000;

    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("proxy", true), NioIoHandler.newFactory());
    private final Set<Pipe> pipes = ConcurrentHashMap.newKeySet();
    private final Channel listener;
    private volatile int target;
    private volatile boolean refusing;
    private volatile boolean frozen;
    private volatile long delayNanos;

    /** Counts how often these bytes come from the server, whoever still waits for them. Off if they are empty. */
    private final byte[] wanted;

    private final AtomicLong found = new AtomicLong();

    public FaultProxy(int target) {
        this(target, new byte[0]);
    }

    /**
     * Listens on a free port of the loopback address.
     *
     * @param target a port there; 0 for none yet, which refuses
     * @param wanted what is to be counted; empty for nothing
     */
    public FaultProxy(int target, byte[] wanted) {
        this.wanted = wanted;
        this.target = target;
        listener = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        connect(client);
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** How often the wanted bytes have come. */
    public long found() {
        return found.get();
    }

    public InetSocketAddress address() {
        return InetSocketAddress.createUnresolved("127.0.0.1", port());
    }

    /** New connections lead to this port from now on. */
    public void leadTo(int port) {
        target = port;
    }

    /** Resets all connections; new ones are accepted. */
    public void cut() {
        pipes.forEach(Pipe::reset);
    }

    /** Resets all connections, and new ones at once, until {@link #heal}. */
    public void refuse() {
        refusing = true;
        cut();
    }

    /** Passes nothing on any more, while all connections stay, until {@link #heal}. */
    public void freeze() {
        frozen = true;
    }

    /** Holds each piece back for this long, in each direction, until {@link #heal}. */
    public void delay(long millis) {
        delayNanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    public void heal() {
        refusing = false;
        frozen = false;
        delayNanos = 0;
        pipes.forEach(Pipe::goOn);
    }

    private void connect(Channel client) {
        if (refusing || target == 0) {
            reset(client);
            return;
        }
        ChannelFuture connected = new Bootstrap()
                .group(client.eventLoop())
                .channel(NioSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        Channel server = connected.channel();
        connected.addListener((ChannelFutureListener) done -> {
            if (!done.isSuccess()) {
                reset(client);
                return;
            }
            Pipe there = new Pipe(client, server, new byte[0]);
            Pipe back = new Pipe(server, client, wanted);
            client.pipeline().addLast(there);
            server.pipeline().addLast(back);
            pipes.add(there);
            pipes.add(back);
            there.goOn();
            back.goOn();
        });
    }

    private static void reset(Channel channel) {
        // On its own thread, where nobody else closes it in between.
        channel.eventLoop().execute(() -> {
            if (channel.isOpen()) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                channel.close();
            }
        });
    }

    @Override
    public void close() {
        listener.close();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    /** One direction of a connection. Confined to its event loop, except {@link #goOn} and {@link #reset}. */
    private final class Pipe extends ChannelInboundHandlerAdapter {
        private record Held(Object bytes, long dueNanos) {}

        private final Channel from;
        private final Channel to;
        private final Deque<Held> held = new ArrayDeque<>();
        private final byte[] wanted;
        private int matched;
        private @Nullable Object timer;

        Pipe(Channel from, Channel to, byte[] wanted) {
            this.from = from;
            this.to = to;
            this.wanted = wanted;
        }

        /** The wanted bytes begin with one that they have nowhere else. */
        private void look(ByteBuf bytes) {
            for (int i = bytes.readerIndex(); i < bytes.writerIndex(); i++) {
                byte next = bytes.getByte(i);
                matched = next == wanted[matched] ? matched + 1 : next == wanted[0] ? 1 : 0;
                if (matched == wanted.length) {
                    found.incrementAndGet();
                    matched = 0;
                }
            }
        }

        void goOn() {
            from.eventLoop().execute(this::pass);
        }

        void reset() {
            FaultProxy.reset(from);
            FaultProxy.reset(to);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            if (wanted.length > 0) {
                look((ByteBuf) bytes);
            }
            held.add(new Held(bytes, System.nanoTime() + delayNanos));
            pass();
        }

        /** Passes on what is due, in order, and reads more if the other side takes it. */
        private void pass() {
            boolean any = false;
            long now = System.nanoTime();
            while (!frozen
                    && !held.isEmpty()
                    && (delayNanos == 0 || held.getFirst().dueNanos() - now <= 0)) {
                to.write(held.removeFirst().bytes());
                any = true;
            }
            if (any) {
                to.flush();
            }
            if (!frozen && !held.isEmpty() && timer == null) {
                timer = from.eventLoop()
                        .schedule(
                                () -> {
                                    timer = null;
                                    pass();
                                },
                                held.getFirst().dueNanos() - now,
                                TimeUnit.NANOSECONDS);
            }
            from.config().setAutoRead(!frozen && to.isWritable());
        }

        /** This side takes more again: what comes from the other one is read again. */
        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (from.isWritable() && !frozen) {
                to.config().setAutoRead(true);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            pipes.remove(this);
            if (to.isActive()) {
                held.forEach(piece -> to.write(piece.bytes()));
                to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            } else {
                held.forEach(piece -> ReferenceCountUtil.release(piece.bytes()));
            }
            held.clear();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            reset();
        }
    }
}
