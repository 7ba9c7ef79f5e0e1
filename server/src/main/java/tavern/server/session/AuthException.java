package tavern.server.session;

/**
 * A refused login. The client always gets {@code AUTH_FAILED} with the same text; this exception's message is for the
 * log and holds nothing that the client sent. Without a stack trace, since anybody can cause it as often as they like.
 */
public final class AuthException extends Exception {
    private static final long serialVersionUID = 1;

    AuthException(String reason) {
        super(reason, null, false, false);
    }
}
