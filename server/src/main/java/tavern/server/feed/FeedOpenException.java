package tavern.server.feed;

/**
 * The feed cannot be opened as configured. The message names the setting, the reason and the cure in one line, without
 * secrets.
 */
public final class FeedOpenException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    public FeedOpenException(String message, Throwable cause) {
        super(message, cause);
    }
}
