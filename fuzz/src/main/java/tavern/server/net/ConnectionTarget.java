package tavern.server.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import tavern.fuzz.FuzzTarget;
import tavern.protocol.v1.Chat;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.Move;
import tavern.protocol.v1.Ping;
import tavern.server.session.Connection;
import tavern.server.session.Stage;

/**
 * The bytes of a connection, from the first one on: frames, a WebSocket, or either behind a PROXY header, by the input's
 * first byte. All of it at once and cut into pieces says the same; the server's own code never fails; a message is either
 * handed on or refused by a rule; and no buffer is left behind.
 */
public final class ConnectionTarget implements FuzzTarget {
    public static final String NAME = "connection";

    private static final int PROXIED = 1;
    private static final NetSettings.Limits LIMITS =
            new NetSettings.Limits(16 * 1024, 4 * 1024, 5, 60, 5, 200, 100, 100, List.of(), 1 << 20, 10, 1 << 26);
    private static final NetSettings SETTINGS = new NetSettings(
            "127.0.0.1",
            0,
            NetSettings.Transport.NIO,
            null,
            List.of("https://play.example.org"),
            List.of("192.0.2.0/24"),
            LIMITS);
    private static final InetSocketAddress CLIENT = new InetSocketAddress("198.51.100.7", 5000);
    private static final InetSocketAddress PROXY = new InetSocketAddress("192.0.2.1", 5000);

    private final NetMetrics metrics = new NetMetrics(new SimpleMeterRegistry());

    /** What a connection's stages were given, and how it ended. */
    private record Heard(List<String> messages, boolean open) {}

    /** Takes all messages, as the stages of sessions would. */
    private static final class Listening implements Stage {
        private final Connection connection;
        private final List<String> messages;

        Listening(Connection connection, List<String> messages) {
            this.connection = connection;
            this.messages = messages;
        }

        @Override
        public void on(ClientMessage message) {
            messages.add(message.toString());
            if (message.hasHello()) {
                connection.identified("1");
            }
        }

        @Override
        public void onMove(int seq, int x, int y) {
            messages.add(message(seq, x, y).toString());
        }

        @Override
        public void fail(ErrorCode code, String text) {
            if (code == ErrorCode.INTERNAL || code == ErrorCode.GOING_AWAY) {
                throw new AssertionError("the server failed: " + text);
            }
            messages.add(code.name());
            connection.close(code, text);
        }

        @Override
        public void closed() {
            messages.add("closed");
        }

        @Override
        public String name() {
            return "listening";
        }
    }

    private static final class Channel extends EmbeddedChannel {
        private final SocketAddress from;

        Channel(EmbeddedChannel parent, SocketAddress from, UnpooledByteBufAllocator buffers) {
            super(parent, DefaultChannelId.newInstance(), false, false);
            this.from = from;
            config().setAllocator(buffers);
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return from;
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String describe() {
        return "the bytes of a connection: frames, WebSocket, PROXY header";
    }

    private static ClientMessage message(int seq, int x, int y) {
        return ClientMessage.newBuilder()
                .setSeq(seq)
                .setMove(Move.newBuilder().setX(x).setY(y))
                .build();
    }

    @Override
    public List<byte[]> seeds() {
        byte[] frames = frames(
                ClientMessage.newBuilder()
                        .setSeq(1)
                        .setHello(Hello.newBuilder().setProtocolVersion(1).setToken("ann"))
                        .build(),
                ClientMessage.newBuilder()
                        .setSeq(2)
                        .setJoinRoom(JoinRoom.newBuilder().setRoom("hall"))
                        .build(),
                message(3, 100, -100),
                ClientMessage.newBuilder()
                        .setSeq(4)
                        .setChat(Chat.newBuilder().setText("hello"))
                        .build(),
                message(5, Integer.MAX_VALUE, Integer.MIN_VALUE),
                ClientMessage.newBuilder()
                        .setSeq(6)
                        .setPing(Ping.getDefaultInstance())
                        .build());
        byte[] upgrade = ("GET /tavern HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                        + "Origin: https://play.example.org\r\n\r\n")
                .getBytes(US_ASCII);
        byte[] page = join(
                upgrade,
                webSocketFrame(0x82, frames),
                webSocketFrame(0x89, new byte[4]),
                webSocketFrame(0x88, new byte[] {3, (byte) 0xe8}));
        byte[] parts = join(
                upgrade,
                webSocketFrame(0x02, ByteString.copyFrom(frames).substring(0, 9).toByteArray()),
                webSocketFrame(0x80, ByteString.copyFrom(frames).substring(9).toByteArray()));
        byte[] proxied = "PROXY TCP4 203.0.113.9 192.0.2.1 4000 7777\r\n".getBytes(US_ASCII);
        byte[] proxiedInBytes = join(
                new byte[] {13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, 0x21, 0x11, 0, 12},
                new byte[] {(byte) 203, 0, 113, 9, (byte) 192, 0, 2, 1, 15, (byte) 160, 30, 97});
        byte[] overUdp = proxiedInBytes.clone();
        overUdp[13] = 0x12;
        return List.of(
                join(new byte[] {PROXIED}, overUdp, page),
                join(new byte[] {0}, frames),
                join(new byte[] {0}, page),
                join(new byte[] {0}, parts),
                join(new byte[] {0}, "GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII)),
                join(new byte[] {PROXIED}, proxied, frames),
                join(new byte[] {PROXIED}, proxiedInBytes, page));
    }

    private static byte[] frames(ClientMessage... messages) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (ClientMessage message : messages) {
            byte[] bytes = message.toByteArray();
            out.write(bytes.length);
            out.writeBytes(bytes);
        }
        return out.toByteArray();
    }

    /** Masked with zeros. */
    private static byte[] webSocketFrame(int head, byte[] payload) {
        byte[] length = payload.length < 126
                ? new byte[] {(byte) (0x80 | payload.length)}
                : ByteBuffer.allocate(3)
                        .put((byte) (0x80 | 126))
                        .putShort((short) payload.length)
                        .array();
        return join(new byte[] {(byte) head}, length, new byte[4], payload);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @Override
    public void run(byte[] input) {
        if (input.length == 0) {
            return;
        }
        Heard atOnce = hear(input, new int[] {input.length});
        Heard cut = hear(input, cuts(input));
        if (!atOnce.equals(cut)) {
            throw new AssertionError("at once " + atOnce + ", in pieces " + cut);
        }
    }

    /** Where the input is cut depends on the input, so that it happens again. */
    private static int[] cuts(byte[] input) {
        SplittableRandom random = new SplittableRandom(Arrays.hashCode(input));
        List<Integer> cuts = new ArrayList<>();
        for (int at = 1; at < input.length; at += 1 + random.nextInt(random.nextInt(4) == 0 ? 200 : 4)) {
            cuts.add(at);
        }
        cuts.add(input.length);
        return cuts.stream().mapToInt(Integer::intValue).toArray();
    }

    private Heard hear(byte[] input, int[] cuts) {
        UnpooledByteBufAllocator buffers = new UnpooledByteBufAllocator(false, true);
        OutboundBudget budget = new OutboundBudget(LIMITS.outboundTotalBytes());
        ChannelGroup group = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        List<String> messages = new ArrayList<>();
        EmbeddedChannel parent = new EmbeddedChannel();
        Channel channel = new Channel(parent, (input[0] & PROXIED) == 0 ? CLIENT : PROXY, buffers);
        channel.pipeline()
                .addLast(new ConnectionInitializer(
                        SETTINGS,
                        null,
                        connection -> new Listening(connection, messages),
                        () -> 0,
                        metrics,
                        group,
                        new AcceptGate(SETTINGS, 100, budget, metrics),
                        budget));
        boolean open;
        try {
            channel.register();
            int from = 1;
            for (int to : cuts) {
                if (to > from && channel.isOpen()) {
                    ByteBuf piece = buffers.buffer(to - from).writeBytes(input, from, to - from);
                    channel.writeInbound(piece);
                    from = to;
                }
            }
            channel.checkException();
            open = channel.isOpen();
        } catch (Exception e) {
            throw new AssertionError("a failure was handed on", e);
        } finally {
            channel.finishAndReleaseAll();
            parent.finishAndReleaseAll();
        }
        long left = buffers.metric().usedHeapMemory() + buffers.metric().usedDirectMemory();
        if (left != 0) {
            throw new AssertionError(left + " bytes of buffers were left behind");
        }
        return new Heard(List.copyOf(messages), open);
    }
}
