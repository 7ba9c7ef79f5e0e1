package tavern.server.operators;

/** A refused change or sign-in; the message is for the operator. Has no stack trace, because anybody can cause it. */
public final class OperatorException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What is wrong, for programs. */
    public enum Reason {
        /** The request makes no sense. */
        BAD,
        /** Name, password or code is wrong. */
        WRONG,
        /** Too many attempts. */
        THROTTLED,
        UNKNOWN,
        CONFLICT,
        /** Too much to do; nothing was done. */
        BUSY
    }

    private final Reason reason;
    private final int retryAfterSeconds;

    public OperatorException(Reason reason, String message) {
        this(reason, message, 1);
    }

    private OperatorException(Reason reason, String message, int retryAfterSeconds) {
        super(message, null, false, false);
        this.reason = reason;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    static OperatorException throttled(String where, int seconds) {
        return new OperatorException(
                Reason.THROTTLED,
                "too many failed attempts to sign in " + where + "; wait " + seconds + " seconds",
                seconds);
    }

    public Reason reason() {
        return reason;
    }

    /** When to try again, if it was throttled or there was too much to do. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    static OperatorException bad(String message) {
        return new OperatorException(Reason.BAD, message);
    }

    static OperatorException conflict(String message) {
        return new OperatorException(Reason.CONFLICT, message);
    }

    /** Always the same, so that nobody learns which part was wrong. */
    static OperatorException wrong() {
        return new OperatorException(Reason.WRONG, "the name, the password or the code is wrong");
    }
}
