package tavern.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.Chat;
import tavern.protocol.v1.ClientMessage;

class FrameDecoderTest {
    @Test
    void framesSurviveASplitAtEveryByte() throws IOException {
        ClientMessage small = chat("hello");
        ClientMessage large = chat("x".repeat(300));
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        small.writeDelimitedTo(stream);
        large.writeDelimitedTo(stream);
        byte[] bytes = stream.toByteArray();
        for (int split = 0; split <= bytes.length; split++) {
            EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(1_000));
            channel.writeInbound(Unpooled.wrappedBuffer(Arrays.copyOf(bytes, split)));
            channel.writeInbound(Unpooled.wrappedBuffer(Arrays.copyOfRange(bytes, split, bytes.length)));
            assertThat(messages(channel)).as("split at %d", split).containsExactly(small, large);
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void whatIsEncodedIsWhatProtobufWritesDelimited() throws IOException {
        ClientMessage message = chat("y".repeat(200));
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        message.writeDelimitedTo(stream);
        ByteBuf frame = ClientFrames.encode(message);
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes).release();
        assertThat(bytes).isEqualTo(stream.toByteArray());
    }

    @Test
    void aFrameThatIsTooLongIsRefusedByItsLengthAlone() {
        refuses(10, 11);
        refuses(10, 0xff, 0xff, 0xff, 0xff, 0x0f);
    }

    @Test
    void aLengthThatIsNoVarint32IsRefused() {
        refuses(Integer.MAX_VALUE, 0x80, 0x80, 0x80, 0x80, 0x10);
        refuses(Integer.MAX_VALUE, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
    }

    private static void refuses(int max, int... bytes) {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(max));
        ByteBuf in = Unpooled.buffer();
        Arrays.stream(bytes).forEach(in::writeByte);
        assertThatThrownBy(() -> channel.writeInbound(in)).isInstanceOf(DecoderException.class);
        channel.finishAndReleaseAll();
    }

    private static List<ClientMessage> messages(EmbeddedChannel channel) throws IOException {
        List<ClientMessage> messages = new ArrayList<>();
        for (ByteBuf frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
            messages.add(ClientMessage.parseFrom(frame.nioBuffer()));
            frame.release();
        }
        return messages;
    }

    private static ClientMessage chat(String text) {
        return ClientMessage.newBuilder()
                .setSeq(7)
                .setChat(Chat.newBuilder().setText(text))
                .build();
    }
}
