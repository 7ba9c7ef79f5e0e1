package tavern.server.store.embedded;

import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.NativeLibraryNotFoundException;
import tavern.server.store.StoreUnavailableException;

/** Distinguishes failures of the disk from faults of the program. */
final class DatabaseFailures {
    private static final long RETRY_AFTER_MILLIS = 1000;

    private final Path file;

    DatabaseFailures(Path file) {
        this.file = file;
    }

    /** Whether the same operation may well succeed later, or after an operator's cure. */
    static boolean isOutage(Throwable failure) {
        return failure instanceof SQLException e
                && switch (primaryCode(e)) {
                    case 5, 6 -> true; // BUSY, LOCKED
                    case 7, 8 -> true; // NOMEM, READONLY
                    case 10, 11, 13, 14 -> true; // IOERR, CORRUPT, FULL, CANTOPEN
                    case 26 -> true; // NOTADB
                    default -> false;
                };
    }

    private static int primaryCode(SQLException failure) {
        return failure.getErrorCode() & 0xff; // https://www.sqlite.org/rescode.html
    }

    StoreUnavailableException unavailable(Throwable failure) {
        return new StoreUnavailableException(
                "store " + file + " is unavailable: " + failure.getMessage()
                        + "; look at the free space, the rights and the health of that disk",
                RETRY_AFTER_MILLIS);
    }

    /** The message for operators when the file cannot be opened. It advises a backup only if the file is broken. */
    String cannotOpen(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof NativeLibraryNotFoundException || cause instanceof LinkageError) {
                return "SQLite's native library cannot be loaded (" + cause.getMessage()
                        + "); the file " + file
                        + " was not touched. Set -Dorg.sqlite.tmpdir to a folder that this user may"
                        + " write to and run programs from (not mounted with noexec)";
            }
        }
        String cure = switch (failure instanceof SQLException e ? primaryCode(e) : 0) {
            case 11, 26 -> "restore it from a backup, or set store.path to another folder";
            case 13 -> "make room on that disk";
            case 5, 6 -> "close the program that has it open";
            default ->
                "look at the rights and the health of that disk, and at the open files that this"
                        + " process may have (ulimit -n)";
        };
        return file + " cannot be opened (" + failure.getMessage() + "); " + cure;
    }
}
