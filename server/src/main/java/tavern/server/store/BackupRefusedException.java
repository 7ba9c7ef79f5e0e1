package tavern.server.store;

/** A backup was not started, or a copy was not restored; the message says why, and names a cure. */
public final class BackupRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BackupRefusedException(String message) {
        super(message);
    }

    public BackupRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
