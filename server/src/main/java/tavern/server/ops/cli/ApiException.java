package tavern.server.ops.cli;

/** The server could not be asked, or said no; the message is one line for whoever typed the command. */
final class ApiException extends Exception {
    private static final long serialVersionUID = 1;

    ApiException(String message) {
        super(message, null, false, false);
    }
}
