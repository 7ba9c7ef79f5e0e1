package tavern.server.feed;

/**
 * The broker could not be reached or did not answer; the message says why. Has no stack trace, because it is not a bug.
 */
public final class FeedUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean inDoubt;

    private FeedUnavailableException(String message, boolean inDoubt) {
        super(message, null, false, false);
        this.inDoubt = inDoubt;
    }

    public FeedUnavailableException(String message) {
        this(message, false);
    }

    /** For a failure after the first message was given to the broker, which may have delivered it. */
    public static FeedUnavailableException whilePublishing(String message) {
        return new FeedUnavailableException(message, true);
    }

    /** Whether messages may have been published nevertheless. */
    public boolean isInDoubt() {
        return inDoubt;
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
