package tavern.server.net;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageDecoder;
import java.io.IOException;
import java.util.List;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;

/** P-3: frames to messages. */
@ChannelHandler.Sharable
final class MessageDecoder extends MessageToMessageDecoder<ByteBuf> {
    /** The deepest honest message (a trade's stacks) has four levels. */
    private static final int NESTING_MAX = 16;

    MessageDecoder() {
        super(ByteBuf.class);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf frame, List<Object> out) throws ProtocolException {
        CodedInputStream in = CodedInputStream.newInstance(frame.nioBuffer());
        in.setRecursionLimit(NESTING_MAX);
        try {
            out.add(ClientMessage.parseFrom(in));
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException(ErrorCode.BAD_MESSAGE, "a frame that is no ClientMessage");
        } catch (IOException e) {
            throw new IllegalStateException("reading memory failed", e);
        }
    }
}
