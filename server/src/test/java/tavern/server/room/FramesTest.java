package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ServerMessage;

/** P-93: each frame can be written as it is, and as a WebSocket message. */
class FramesTest {
    private static final UnpooledByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

    /** Around the lengths at which a header grows. */
    @Test
    void theHeaderOfAMessageStandsInFrontOfAFrame() {
        IntStream.concat(IntStream.range(0, 200), IntStream.range(65_500, 65_560))
                .forEach(this::checkHeader);
    }

    private void checkHeader(int textBytes) {
        ServerMessage message = ServerMessage.newBuilder()
                .setError(Error.newBuilder().setText("x".repeat(textBytes)))
                .build();
        byte[] expected = Frames.copyOf(message);
        ByteBuf frame = Frames.encode(ALLOCATOR, message);
        ByteBuf overWebSocket = frame.retainedDuplicate();
        assertThat(frame).isEqualTo(Unpooled.wrappedBuffer(expected));
        assertThat(Frames.showMessageHeader(overWebSocket)).isTrue();
        assertMessage(overWebSocket, expected);
        frame.release();

        ByteBuf copy = Frames.copy(ALLOCATOR, expected);
        assertThat(copy).isEqualTo(Unpooled.wrappedBuffer(expected));
        assertThat(Frames.showMessageHeader(copy)).isTrue();
        assertMessage(copy, expected);

        ByteBuf bare = Unpooled.wrappedBuffer(expected);
        assertThat(Frames.showMessageHeader(bare)).isFalse();
        assertMessage(Unpooled.wrappedBuffer(Frames.messageHeader(ALLOCATOR, expected.length), bare), expected);
    }

    private static void assertMessage(ByteBuf bytes, byte[] expected) {
        EmbeddedChannel client = new EmbeddedChannel(new WebSocket13FrameDecoder(false, false, 1 << 20));
        client.writeInbound(bytes);
        BinaryWebSocketFrame message = client.readInbound();
        assertThat(message.isFinalFragment()).isTrue();
        assertThat(message.content()).isEqualTo(Unpooled.wrappedBuffer(expected));
        message.release();
        assertThat(client.finish()).isFalse();
    }
}
