package tavern.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.ClientMessage;

class ProtocolDetectorTest {
    private final ByteBuf stream = Unpooled.buffer();
    private final ByteBuf request = Unpooled.buffer();

    /** Keeps what reaches it. */
    private static final class Collector extends ChannelInboundHandlerAdapter {
        private final ByteBuf into;

        Collector(ByteBuf into) {
            this.into = into;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            into.writeBytes((ByteBuf) message);
            ((ByteBuf) message).release();
        }
    }

    private EmbeddedChannel channel() {
        return new EmbeddedChannel(
                new ProtocolDetector(
                        detector -> detector.pipeline().addAfter(detector.name(), "request", new Collector(request))),
                new Collector(stream));
    }

    @Test
    void aRequestIsToldFromFramesWhereverTheBytesAreCut() {
        for (String text : new String[] {"GET / HTTP/1.1\r\n", "GEThello", "G", "GE", "POST /", "\nGET /", "get / "}) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            for (int cut = 0; cut <= bytes.length; cut++) {
                stream.clear();
                request.clear();
                EmbeddedChannel channel = channel();
                channel.writeInbound(Unpooled.wrappedBuffer(bytes, 0, cut));
                channel.writeInbound(Unpooled.wrappedBuffer(bytes, cut, bytes.length - cut));
                boolean isRequest = text.startsWith("GET ");
                boolean isUndecided = "GET ".startsWith(text);
                assertThat((isRequest ? request : stream).toString(StandardCharsets.US_ASCII))
                        .as("%s, cut at %d", text, cut)
                        .isEqualTo(isUndecided ? "" : text);
                assertThat((isRequest ? stream : request).isReadable()).isFalse();
                assertThat(channel.pipeline().get(ProtocolDetector.class) != null)
                        .as("still waiting")
                        .isEqualTo(isUndecided);
                channel.finishAndReleaseAll();
            }
        }
    }

    /** Its second byte would be the tag of field 8 as a 32-bit number, so no version can send that. */
    @Test
    void noClientMessageBeginsLikeARequest() {
        assertThat('E' >>> 3).isEqualTo(ClientMessage.WHISPER_FIELD_NUMBER);
        assertThat('E' & 7).isEqualTo(5);
        assertThat(ClientMessage.getDescriptor()
                        .findFieldByNumber(ClientMessage.WHISPER_FIELD_NUMBER)
                        .toProto()
                        .getType()
                        .name())
                .isEqualTo("TYPE_MESSAGE");
    }
}
