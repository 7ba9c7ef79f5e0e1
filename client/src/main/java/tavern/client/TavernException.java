package tavern.client;

import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;

/** The server refused a request. Has no stack trace: refusals are part of the game. */
public final class TavernException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final String text;
    private final int retryAfterMillis;

    public TavernException(ErrorCode code, String text, int retryAfterMillis) {
        super(code + ": " + text, null, false, false);
        this.code = code;
        this.text = text;
        this.retryAfterMillis = retryAfterMillis;
    }

    static TavernException of(Error error) {
        return new TavernException(error.getCode(), error.getText(), error.getRetryAfterMs());
    }

    public ErrorCode code() {
        return code;
    }

    /** What the server, or the room's game, says to people; not to be parsed. */
    public String text() {
        return text;
    }

    /** Do not retry before this time has passed; 0 unless the code is one of the "not now" family (6xx). */
    public int retryAfterMillis() {
        return retryAfterMillis;
    }
}
