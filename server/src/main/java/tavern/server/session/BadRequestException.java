package tavern.server.session;

import tavern.protocol.v1.ErrorCode;

/** An invalid request. Without a stack trace, since anybody can send one as often as they like. */
final class BadRequestException extends Exception {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final String text;

    BadRequestException(ErrorCode code, String message) {
        super(message, null, false, false);
        this.code = code;
        this.text = message;
    }

    /** The text for the client. */
    String text() {
        return text;
    }

    ErrorCode code() {
        return code;
    }
}
