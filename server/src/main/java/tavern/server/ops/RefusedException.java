package tavern.server.ops;

import java.util.List;
import java.util.Map;

/** A refused request; the message is for the client. Has no stack trace, because anybody can cause it. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;
    private final long retryAfterSeconds;
    private final transient Map<String, ?> details;

    RefusedException(int status, String code, String message) {
        this(status, code, message, 0);
    }

    /** @param retryAfterSeconds 0 to leave it out of the answer */
    RefusedException(int status, String code, String message, long retryAfterSeconds) {
        this(status, code, message, retryAfterSeconds, Map.of());
    }

    /** @param details for programs, in addition to code and message */
    RefusedException(int status, String code, String message, long retryAfterSeconds, Map<String, ?> details) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.retryAfterSeconds = retryAfterSeconds;
        this.details = details;
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

    /** @param confirm what the command's field {@code confirm} must contain for it to be carried out anyway */
    static RefusedException confirm(List<String> confirm, String doubts) {
        return new RefusedException(
                422,
                "CONFIRM",
                doubts + "; if that is meant, send the order again with confirm: " + String.join(", ", confirm),
                0,
                Map.of("confirm", confirm, "doubts", doubts));
    }

    Map<String, ?> details() {
        return details;
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
