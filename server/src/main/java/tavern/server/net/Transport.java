package tavern.server.net;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.io.IOException;
import java.util.Locale;

/** How the operating system is asked. */
enum Transport {
    EPOLL(EpollServerSocketChannel.class),
    IO_URING(IoUringServerSocketChannel.class),
    NIO(NioServerSocketChannel.class);

    private final Class<? extends ServerSocketChannel> listener;

    Transport(Class<? extends ServerSocketChannel> listener) {
        this.listener = listener;
    }

    static Transport choose(NetSettings.Transport wish) throws IOException {
        return switch (wish) {
            case AUTO -> Epoll.isAvailable() ? EPOLL : NIO;
            case EPOLL -> require(EPOLL, Epoll.isAvailable());
            case IO_URING -> require(IO_URING, IoUring.isAvailable());
            case NIO -> NIO;
        };
    }

    private static Transport require(Transport transport, boolean available) throws IOException {
        if (!available) {
            throw new IOException("net.transport=" + transport + " cannot be had on this machine; use auto");
        }
        return transport;
    }

    Class<? extends ServerSocketChannel> listener() {
        return listener;
    }

    IoHandlerFactory handlers() {
        return switch (this) {
            case EPOLL -> EpollIoHandler.newFactory();
            case IO_URING -> IoUringIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    boolean isEpoll() {
        return this == EPOLL;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
