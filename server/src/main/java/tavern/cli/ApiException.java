package tavern.cli;

/** The server could not be reached, or refused; the message is one line for the user of the command. */
public final class ApiException extends Exception {
    private static final long serialVersionUID = 1;

    public ApiException(String message) {
        super(message, null, false, false);
    }
}
