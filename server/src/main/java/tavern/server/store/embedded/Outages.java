package tavern.server.store.embedded;

import java.nio.file.Path;
import java.sql.SQLException;
import tavern.server.store.StoreUnavailableException;

/** Tells failures of the disk from faults of the program. */
final class Outages {
    private static final long RETRY_AFTER_MILLIS = 1000;

    private final Path file;

    Outages(Path file) {
        this.file = file;
    }

    /** Whether the same operation may well succeed later, or after an operator's cure. */
    static boolean isOutage(Throwable failure) {
        // The low byte is the primary code: https://www.sqlite.org/rescode.html
        return failure instanceof SQLException e
                && switch (e.getErrorCode() & 0xff) {
                    case 5, 6 -> true; // BUSY, LOCKED
                    case 7, 8 -> true; // NOMEM, READONLY
                    case 10, 11, 13, 14 -> true; // IOERR, CORRUPT, FULL, CANTOPEN
                    case 26 -> true; // NOTADB
                    default -> false;
                };
    }

    StoreUnavailableException unavailable(Throwable failure) {
        return new StoreUnavailableException(
                "store " + file + " is unavailable: " + failure.getMessage()
                        + "; look at the free space, the rights and the health of that disk",
                RETRY_AFTER_MILLIS);
    }
}
