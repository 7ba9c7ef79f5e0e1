package tavern.server.books;

/** The books are not available now. Has no stack trace, because the message is sufficient. */
public final class BooksUnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    BooksUnavailableException(String message) {
        super(message, null, false, false);
    }
}
