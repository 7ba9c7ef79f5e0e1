package tavern.server.net;

import io.netty.handler.codec.DecoderException;
import tavern.protocol.v1.ErrorCode;

/** Bytes that violate the protocol. Without a stack trace, since anybody can send them as often as they like. */
final class ProtocolException extends DecoderException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    ProtocolException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    ErrorCode code() {
        return code;
    }
}
