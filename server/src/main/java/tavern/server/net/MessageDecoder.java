package tavern.server.net;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;

/** P-3: frames to messages; moves are read before they get here, and pass. */
@ChannelHandler.Sharable
final class MessageDecoder extends ChannelInboundHandlerAdapter {
    /** The deepest honest message (a trade's stacks) has four levels. */
    private static final int NESTING_MAX = 16;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws ProtocolException {
        Object decoded = message instanceof ByteBuf frame ? decode(frame) : message;
        context.fireChannelRead(decoded);
    }

    private static ClientMessage decode(ByteBuf frame) throws ProtocolException {
        try {
            return parse(frame);
        } finally {
            frame.release();
        }
    }

    private static ClientMessage parse(ByteBuf frame) throws ProtocolException {
        CodedInputStream in = CodedInputStream.newInstance(frame.nioBuffer());
        in.setRecursionLimit(NESTING_MAX);
        try {
            return ClientMessage.parseFrom(in);
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException(ErrorCode.BAD_MESSAGE, "a frame that is no ClientMessage");
        } catch (IOException e) {
            throw new IllegalStateException("reading memory failed", e);
        }
    }
}
