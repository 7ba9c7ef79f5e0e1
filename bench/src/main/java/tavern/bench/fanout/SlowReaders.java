package tavern.bench.fanout;

import com.google.protobuf.MessageLite;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import tavern.protocol.Protocol;
import tavern.protocol.v1.Chat;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.ListRooms;
import tavern.protocol.v1.RoomOptions;

/**
 * Clients that keep within every limit but read too slowly: 16 KB each half second, from a room in which some chat and
 * from lists of rooms, which they request as often as they may. A client that is disconnected comes back.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are retried
final class SlowReaders implements AutoCloseable {
    private static final int READ_BYTES = 16 * 1024;
    private static final int READ_MILLIS = 500;
    private static final int COME_BACK_MILLIS = 5_000;

    /** Each of these clients opens a room with long metadata, so that pages of the list are long. */
    private static final int HOSTS = 50;

    private static final int CHATTERS = 10;
    private static final int CHATS_AT_A_TIME = 2;
    private static final String LINE = "x".repeat(200);

    private final InetSocketAddress server;
    private final EventLoopGroup loops;
    private final AtomicLong sentAway = new AtomicLong();
    private volatile boolean over;

    SlowReaders(InetSocketAddress server, EventLoopGroup loops) {
        this.server = server;
        this.loops = loops;
    }

    void come(int count) {
        for (int i = 0; i < count; i++) {
            connect(i);
        }
    }

    /** How often the server has disconnected one of them. */
    long sentAway() {
        return sentAway.get();
    }

    private void connect(int index) {
        if (over) {
            return;
        }
        new Bootstrap()
                .group(loops)
                .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES).maxMessagesPerRead(1))
                .handler(new Reader(index))
                .connect(server)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        comeBack(index);
                    }
                });
    }

    private void comeBack(int index) {
        if (!over) {
            loops.schedule(() -> connect(index), COME_BACK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        over = true;
    }

    private final class Reader extends ChannelInboundHandlerAdapter {
        private final int index;
        private int seq;
        private boolean isIn;

        Reader(int index) {
            this.index = index;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            send(
                    context.channel(),
                    ClientMessage.newBuilder()
                            .setHello(Hello.newBuilder()
                                    .setProtocolVersion(Protocol.VERSION_MAX)
                                    .setToken("slow" + index)));
            act(context.channel());
        }

        private void act(Channel channel) {
            if (over) {
                channel.close();
            }
            if (!channel.isActive()) {
                return;
            }
            channel.read();
            if (isIn) {
                send(channel, ClientMessage.newBuilder().setListRooms(ListRooms.getDefaultInstance()));
                for (int i = 0; index >= HOSTS && index < HOSTS + CHATTERS && i < CHATS_AT_A_TIME; i++) {
                    send(
                            channel,
                            ClientMessage.newBuilder().setChat(Chat.newBuilder().setText(LINE)));
                }
            }
            channel.eventLoop().schedule(() -> act(channel), READ_MILLIS, TimeUnit.MILLISECONDS);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            ((ByteBuf) bytes).release();
            if (!isIn) {
                isIn = true;
                send(context.channel(), ClientMessage.newBuilder().setJoinRoom(room()));
            }
        }

        private JoinRoom.Builder room() {
            if (index >= HOSTS) {
                return JoinRoom.newBuilder().setRoom("chatty");
            }
            RoomOptions.Builder wordy = RoomOptions.newBuilder();
            for (int i = 0; i < 8; i++) {
                wordy.putMetadata("key" + i, "x".repeat(128));
            }
            return JoinRoom.newBuilder().setRoom("a-wordy-" + index).setOptions(wordy);
        }

        private void send(Channel channel, ClientMessage.Builder message) {
            MessageLite whole = message.setSeq(++seq).build();
            ByteBuf frame = channel.alloc().directBuffer();
            try {
                whole.writeDelimitedTo(new ByteBufOutputStream(frame));
            } catch (IOException e) {
                throw new UncheckedIOException("writing to memory failed", e);
            }
            channel.writeAndFlush(frame);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (!over) {
                sentAway.incrementAndGet();
                comeBack(index);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
