package tavern.server.session;

/**
 * A login that is refused. The client always gets {@code AUTH_FAILED} with the same text; the message of this is for
 * the log and holds nothing that the client sent. Without a stack: anybody can cause it, as often as they like.
 */
public final class AuthException extends Exception {
    private static final long serialVersionUID = 1;

    AuthException(String reason) {
        super(reason, null, false, false);
    }
}
