package tavern.server.net;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;

/** P-3: frames to messages: {@link MoveMessage} for moves, {@link ClientMessage} for all others. */
final class MessageDecoder extends ChannelInboundHandlerAdapter {
    /** The deepest honest message (a trade's stacks) has four levels. */
    private static final int NESTING_MAX = 16;

    private final MoveMessage move = new MoveMessage();

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws ProtocolException {
        ByteBuf frame = (ByteBuf) message;
        Object decoded;
        try {
            decoded = move.read(frame) ? move : parse(frame);
        } finally {
            frame.release();
        }
        context.fireChannelRead(decoded);
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
