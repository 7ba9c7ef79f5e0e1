package tavern.server.ops.books;

/** The books cannot be had now. Without a stack trace: it says all in its message. */
public final class BooksUnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    BooksUnavailableException(String message) {
        super(message, null, false, false);
    }
}
