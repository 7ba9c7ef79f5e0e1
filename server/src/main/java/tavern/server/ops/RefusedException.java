package tavern.server.ops;

/** A request that is refused; the message is for whoever asked. Without a stack: anybody can cause it. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;
    private final long retryAfterSeconds;

    RefusedException(int status, String code, String message) {
        this(status, code, message, 0);
    }

    /** @param retryAfterSeconds 0: the answer says nothing of it */
    RefusedException(int status, String code, String message, long retryAfterSeconds) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    static RefusedException badRequest(String message) {
        return new RefusedException(400, "BAD_REQUEST", message);
    }

    static RefusedException notFound(String message) {
        return new RefusedException(404, "NOT_FOUND", message);
    }

    static RefusedException conflict(String message) {
        return new RefusedException(409, "CONFLICT", message);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    long retryAfterSeconds() {
        return retryAfterSeconds;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
