package tavern.server.net;

import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The operating system's interface for sockets. */
enum Transport {
    IO_URING(IoUringServerSocketChannel.class, IoUringChannelOption.TCP_USER_TIMEOUT),
    EPOLL(EpollServerSocketChannel.class, EpollChannelOption.TCP_USER_TIMEOUT),
    NIO(NioServerSocketChannel.class, null);

    /**
     * How many operations of a loop may end before it looks: a tick of a crowded room ends a write for each player, and each of
     * them may have sent something. Beyond this number the kernel keeps the rest aside, at a cost. Each takes 16 bytes.
     */
    private static final int COMPLETIONS = 32_768;

    private final Class<? extends ServerSocketChannel> listener;
    private final @Nullable ChannelOption<Integer> userTimeout;

    Transport(Class<? extends ServerSocketChannel> listener, @Nullable ChannelOption<Integer> userTimeout) {
        this.listener = listener;
        this.userTimeout = userTimeout;
    }

    /** The transports that match the wish and that this machine has, the best first. */
    static List<Transport> candidates(NetSettings.Transport wish) throws IOException {
        if (wish == NetSettings.Transport.AUTO) {
            return Stream.of(values()).filter(Transport::isAvailable).toList();
        }
        Transport wanted = valueOf(wish.name());
        if (!wanted.isAvailable()) {
            throw new IOException("net.transport=" + wanted + " is not available on this machine; use auto");
        }
        return List.of(wanted);
    }

    /** The reason why epoll cannot be used; empty on systems without it, or when it can be used. */
    static Optional<String> whyNotNative() {
        Throwable cause = Epoll.unavailabilityCause();
        if (cause == null || !System.getProperty("os.name", "").equals("Linux")) {
            return Optional.empty();
        }
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return Optional.of(cause.toString().replaceAll("\\p{Cntrl}+", " "));
    }

    private boolean isAvailable() {
        return switch (this) {
            case IO_URING -> IoUring.isAvailable();
            case EPOLL -> Epoll.isAvailable();
            case NIO -> true;
        };
    }

    Class<? extends ServerSocketChannel> listener() {
        return listener;
    }

    /**
     * The option for the time in milliseconds for which a peer may leave sent data unacknowledged, or null for the
     * kernel's default.
     */
    @Nullable
    ChannelOption<Integer> userTimeout() {
        return userTimeout;
    }

    IoHandlerFactory handlers() {
        return switch (this) {
            case IO_URING -> IoUringIoHandler.newFactory(new IoUringIoHandlerConfig().setCqSize(COMPLETIONS));
            case EPOLL -> EpollIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
