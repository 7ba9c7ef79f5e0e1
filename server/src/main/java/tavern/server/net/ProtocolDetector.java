package tavern.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * P-90: tells the request for a WebSocket from a frame by the first bytes of a connection, then leaves the pipeline. A
 * frame cannot begin so: {@code G} would be its length, and {@code E} the tag of field 8 as a 32-bit number, which is a
 * message in every version of {@code ClientMessage}.
 */
final class ProtocolDetector extends ByteToMessageDecoder {
    private static final byte[] REQUEST = "GET ".getBytes(StandardCharsets.US_ASCII);

    private final Consumer<ChannelHandlerContext> upgrade;

    /** @param upgrade adds what reads the request behind this handler */
    ProtocolDetector(Consumer<ChannelHandlerContext> upgrade) {
        this.upgrade = upgrade;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        int known = Math.min(in.readableBytes(), REQUEST.length);
        for (int i = 0; i < known; i++) {
            if (in.getByte(in.readerIndex() + i) != REQUEST[i]) {
                context.pipeline().remove(this);
                return;
            }
        }
        if (known == REQUEST.length) {
            upgrade.accept(context);
            context.pipeline().remove(this);
        }
    }
}
