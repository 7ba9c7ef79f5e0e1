package tavern.game;

import tavern.protocol.v1.ErrorCode;

/**
 * A game refuses what a player asked for: nothing of the turn happens, and the player is answered with code and text. Games throw what {@link
 * Turn#refuse} returns.
 */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    /**
     * Has no stack trace: it is an answer, not a fault.
     *
     * @param text for people
     */
    public RefusedException(ErrorCode code, String text) {
        super(text, null, false, false);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
