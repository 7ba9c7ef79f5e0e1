package tavern.sim.client;

import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;

/** The server said no. Without a stack trace: refusals are part of the game. */
public final class TavernException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final int retryAfterMillis;

    public TavernException(ErrorCode code, String text, int retryAfterMillis) {
        super(code + ": " + text, null, false, false);
        this.code = code;
        this.retryAfterMillis = retryAfterMillis;
    }

    static TavernException of(Error error) {
        return new TavernException(error.getCode(), error.getText(), error.getRetryAfterMs());
    }

    public ErrorCode code() {
        return code;
    }

    /** Not to be tried again before; 0 when the code is not one of "not now". */
    public int retryAfterMillis() {
        return retryAfterMillis;
    }
}
