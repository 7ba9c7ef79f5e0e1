package tavern.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.Chat;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Move;

final class MessageDecoderTest {
    private static final int[] NUMBERS = {
        0, 1, -1, 63, 64, -64, -65, 8191, 8192, 1 << 20, 1 << 28, Integer.MAX_VALUE, Integer.MIN_VALUE
    };

    private final EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(4_096, 5), new MessageDecoder());

    @Test
    void aMoveIsReadWithoutTheParserAndSaysTheSame() {
        for (int seq : NUMBERS) {
            for (int x : NUMBERS) {
                for (int y : NUMBERS) {
                    MoveMessage move = (MoveMessage) decode(move(seq, x, y).toByteArray());
                    assertThat(move.seq()).isEqualTo(seq);
                    assertThat(move.x()).isEqualTo(x);
                    assertThat(move.y()).isEqualTo(y);
                }
            }
        }
    }

    @Test
    void otherMessagesGoToTheParser() {
        assertThat(decode(chat(7).toByteArray())).isEqualTo(chat(7));
        assertThat(decode(new byte[0])).isEqualTo(ClientMessage.getDefaultInstance());
    }

    @Test
    void aMoveInAnotherOrderOrWithMoreInItGoesToTheParser() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeMessage(3, move(0, 5, -6).getMove());
        out.writeUInt32(1, 9);
        out.writeUInt32(1000, 1);
        out.flush();
        ClientMessage message = (ClientMessage) decode(bytes.toByteArray());
        assertThat(message.getSeq()).isEqualTo(9);
        assertThat(message.getMove().getX()).isEqualTo(5);
        assertThat(message.getMove().getY()).isEqualTo(-6);
    }

    @Test
    void whateverIsDoneToAMoveBothWaysSayTheSame() {
        SplittableRandom random = new SplittableRandom(1);
        int moves = 0;
        int refused = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = move(random.nextInt(1 << 14), random.nextInt(-3200, 3200), random.nextInt(-3200, 3200))
                    .toByteArray();
            int changes = random.nextInt(3);
            for (int change = 0; change < changes; change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(10) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 3));
            }
            Object told = decodeOrNull(bytes);
            ClientMessage parsed = parseOrNull(bytes);
            if (told instanceof MoveMessage move) {
                moves++;
                Objects.requireNonNull(parsed);
                assertThat(move(move.seq(), move.x(), move.y()).getMove()).isEqualTo(parsed.getMove());
                assertThat(move.seq()).isEqualTo(parsed.getSeq());
            } else {
                assertThat(told).isEqualTo(parsed);
                refused += told == null ? 1 : 0;
            }
        }
        assertThat(moves).isGreaterThan(50_000);
        assertThat(refused).isGreaterThan(10_000);
    }

    private static ClientMessage move(int seq, int x, int y) {
        return ClientMessage.newBuilder()
                .setSeq(seq)
                .setMove(Move.newBuilder().setX(x).setY(y))
                .build();
    }

    private Object decode(byte[] bytes) {
        ByteBuf frame = Unpooled.buffer(16).writeByte(bytes.length).writeBytes(bytes);
        channel.writeInbound(frame);
        assertThat(frame.refCnt()).isZero();
        return channel.readInbound();
    }

    @Test
    void framesThatComeTogetherAreToldInTheirOrder() {
        ByteBuf frames = Unpooled.buffer();
        List<byte[]> messages = List.of(
                move(1, 10, 20).toByteArray(),
                chat(2).toByteArray(),
                move(3, 11, 21).toByteArray(),
                move(4, 12, 22).toByteArray(),
                chat(5).toByteArray());
        messages.forEach(bytes -> frames.writeByte(bytes.length).writeBytes(bytes));
        List<Integer> seqs = new ArrayList<>();
        EmbeddedChannel all = new EmbeddedChannel(
                new FrameDecoder(4_096, 5), new MessageDecoder(), new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) {
                        seqs.add(message instanceof MoveMessage move ? move.seq() : ((ClientMessage) message).getSeq());
                    }
                });
        // Byte for byte, and then all at once.
        for (int i = 0; i < frames.readableBytes(); i++) {
            all.writeInbound(frames.copy(i, 1));
        }
        all.writeInbound(frames);
        assertThat(seqs).containsExactly(1, 2, 3, 4, 5, 1, 2, 3, 4, 5);
    }

    private static ClientMessage chat(int seq) {
        return ClientMessage.newBuilder()
                .setSeq(seq)
                .setChat(Chat.newBuilder().setText("hello"))
                .build();
    }

    private @Nullable Object decodeOrNull(byte[] bytes) {
        try {
            return decode(bytes);
        } catch (ProtocolException e) {
            return null;
        }
    }

    private static @Nullable ClientMessage parseOrNull(byte[] bytes) {
        try {
            return ClientMessage.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    @Test
    void whatIsNoMessageIsRefusedAndReleased() {
        ByteBuf frame = Unpooled.wrappedBuffer(new byte[] {3, 0x1a, 5, 1});
        assertThatThrownBy(() -> channel.writeInbound(frame)).isInstanceOf(ProtocolException.class);
        assertThat(frame.refCnt()).isZero();
    }
}
