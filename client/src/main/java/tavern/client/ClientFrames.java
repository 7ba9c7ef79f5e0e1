package tavern.client;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Encodes messages as frames. */
final class ClientFrames {
    private ClientFrames() {}

    static ByteBuf encode(MessageLite message) {
        int size = message.getSerializedSize();
        byte[] frame = new byte[CodedOutputStream.computeUInt32SizeNoTag(size) + size];
        CodedOutputStream out = CodedOutputStream.newInstance(frame);
        try {
            out.writeUInt32NoTag(size);
            message.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("an array that was just measured is too small", e);
        }
        return Unpooled.wrappedBuffer(frame);
    }
}
