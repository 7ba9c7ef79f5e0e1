package tavern.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FrameHandlerTest {
    private final List<String> frames = new ArrayList<>();

    @Test
    void aFrameSplitAtEveryByteIsOneFrame() {
        ByteBuf stream = Unpooled.buffer();
        write(stream, "first");
        write(stream, "x".repeat(300));
        write(stream, "");
        write(stream, "last");
        byte[] bytes = new byte[stream.readableBytes()];
        stream.readBytes(bytes).release();

        for (int cut = 0; cut <= bytes.length; cut++) {
            frames.clear();
            EmbeddedChannel channel = channel();
            channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, cut));
            channel.writeInbound(Unpooled.copiedBuffer(bytes, cut, bytes.length - cut));
            channel.finishAndReleaseAll();

            assertThat(frames).as("cut at %d", cut).containsExactly("first", "x".repeat(300), "", "last");
        }
    }

    @Test
    void byteForByteIsTheSame() {
        ByteBuf stream = Unpooled.buffer();
        write(stream, "one");
        write(stream, "y".repeat(200));
        EmbeddedChannel channel = channel();

        while (stream.isReadable()) {
            channel.writeInbound(stream.readBytes(1));
        }
        stream.release();
        channel.finishAndReleaseAll();

        assertThat(frames).containsExactly("one", "y".repeat(200));
    }

    private EmbeddedChannel channel() {
        return new EmbeddedChannel(new FrameHandler() {
            @Override
            protected void frame(ByteBuf in, int start, int end) {
                frames.add(in.toString(start, end - start, StandardCharsets.UTF_8));
            }
        });
    }

    private static void write(ByteBuf out, String text) {
        Varints.write(out, text.length());
        out.writeCharSequence(text, StandardCharsets.UTF_8);
    }
}
