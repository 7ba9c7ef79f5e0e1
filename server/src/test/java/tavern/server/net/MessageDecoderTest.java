package tavern.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.Chat;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Move;

final class MessageDecoderTest {
    private static final int[] NUMBERS = {
        0, 1, -1, 63, 64, -64, -65, 8191, 8192, 1 << 20, 1 << 28, Integer.MAX_VALUE, Integer.MIN_VALUE
    };

    private final Heard heard = new Heard();
    private final EmbeddedChannel channel = new EmbeddedChannel(heard);

    private record Moved(int seq, int x, int y) {}

    /** What was decoded, in its order. */
    private static final class Heard extends MessageDecoder {
        private final Deque<Object> messages = new ArrayDeque<>();
        private @Nullable RuntimeException failure;

        Heard() {
            super(new MoveMessage(), 4_096, 5);
        }

        @Override
        void onHeld() {
            // Nobody counts memory here.
        }

        @Override
        void onMove(int seq, int x, int y) {
            failIfWanted();
            messages.add(new Moved(seq, x, y));
        }

        @Override
        void onMessage(ClientMessage message) {
            failIfWanted();
            messages.add(message);
        }

        private void failIfWanted() {
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.fireExceptionCaught(cause);
        }
    }

    @Test
    void aMoveIsReadWithoutTheParserAndSaysTheSame() {
        for (int seq : NUMBERS) {
            for (int x : NUMBERS) {
                for (int y : NUMBERS) {
                    assertThat(decode(move(seq, x, y).toByteArray())).isEqualTo(new Moved(seq, x, y));
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
            if (told instanceof Moved move) {
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
        return heard.messages.remove();
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
        // Byte for byte, and then all at once.
        for (int i = 0; i < frames.readableBytes(); i++) {
            channel.writeInbound(frames.copy(i, 1));
        }
        channel.writeInbound(frames);
        List<Object> all = List.of(new Moved(1, 10, 20), chat(2), new Moved(3, 11, 21), new Moved(4, 12, 22), chat(5));
        assertThat(heard.messages)
                .containsExactlyElementsOf(
                        Stream.of(all, all).flatMap(List::stream).toList());
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
    void afterTheLastWordNothingIsHeard() {
        ByteBuf frames = Unpooled.buffer();
        for (byte[] bytes : List.of(move(1, 1, 1).toByteArray(), chat(2).toByteArray())) {
            frames.writeByte(bytes.length).writeBytes(bytes);
        }
        ByteBuf half = frames.copy(0, frames.readableBytes() - 1);
        heard.discardAll();
        channel.writeInbound(frames, half);
        assertThat(heard.messages).isEmpty();
        assertThat(frames.refCnt()).isZero();
        assertThat(half.refCnt()).isZero();
    }

    @Test
    void aFailureOfWhoTakesTheMessagesIsToldAsItIs() {
        RuntimeException failure = new IllegalStateException("planted");
        heard.failure = failure;
        for (ClientMessage message : List.of(move(1, 1, 1), chat(2))) {
            assertThatThrownBy(() -> decode(message.toByteArray())).isSameAs(failure);
        }
        heard.failure = null;
        assertThat(decode(chat(3).toByteArray())).isEqualTo(chat(3));
    }

    @Test
    void whatIsNoMessageIsRefusedAndReleased() {
        ByteBuf frame = Unpooled.wrappedBuffer(new byte[] {3, 0x1a, 5, 1});
        assertThatThrownBy(() -> channel.writeInbound(frame)).isInstanceOf(ProtocolException.class);
        assertThat(frame.refCnt()).isZero();
    }
}
