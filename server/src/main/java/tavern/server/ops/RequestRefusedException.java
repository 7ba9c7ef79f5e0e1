package tavern.server.ops;

import java.util.List;
import java.util.Map;

/** A refused request; the message is for the client. Has no stack trace, because anybody can cause it. */
final class RequestRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;
    private final long retryAfterSeconds;
    private final transient Map<String, ?> details;

    RequestRefusedException(int status, String code, String message) {
        this(status, code, message, 0);
    }

    /** @param retryAfterSeconds 0 to leave it out of the answer */
    RequestRefusedException(int status, String code, String message, long retryAfterSeconds) {
        this(status, code, message, retryAfterSeconds, Map.of());
    }

    /** @param details for programs, in addition to code and message */
    RequestRefusedException(int status, String code, String message, long retryAfterSeconds, Map<String, ?> details) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.retryAfterSeconds = retryAfterSeconds;
        this.details = details;
    }

    static RequestRefusedException badRequest(String message) {
        return new RequestRefusedException(400, "BAD_REQUEST", message);
    }

    static RequestRefusedException notFound(String message) {
        return new RequestRefusedException(404, "NOT_FOUND", message);
    }

    static RequestRefusedException conflict(String message) {
        return new RequestRefusedException(409, "CONFLICT", message);
    }

    /** @param confirm what the command's field {@code confirm} must contain for it to be carried out anyway */
    static RequestRefusedException confirm(List<String> confirm, String doubts) {
        return new RequestRefusedException(
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
