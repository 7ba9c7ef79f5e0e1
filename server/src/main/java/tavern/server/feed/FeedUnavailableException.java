package tavern.server.feed;

/** The broker could not be asked, or did not answer; the message says why in words. Without a stack: it is no bug. */
public final class FeedUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public FeedUnavailableException(String message) {
        super(message, null, false, false);
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
