package tavern.cli;

import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi;
import tavern.server.store.BackupState;

/** Shows how far a backup is, and how it ended. */
public final class BackupProgress {
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean terminal = Ansi.AUTO.enabled();

    public BackupProgress(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /** One line, overwritten by the next; nothing where nobody watches. */
    public void show(BackupState state) {
        if (terminal) {
            String what = state.phase() == BackupState.Phase.CHECKING ? "checking the copy" : "copying";
            long percent = state.totalBytes() == 0 ? 0 : Math.min(100, 100 * state.doneBytes() / state.totalBytes());
            err.print(CLEAR_LINE + what + ": " + percent + " % of " + megabytes(state.totalBytes()) + " MB");
            err.flush();
        }
    }

    /** Returns the exit code. */
    public int end(BackupState state) {
        if (terminal) {
            err.print(CLEAR_LINE);
        }
        if (state.phase() == BackupState.Phase.DONE) {
            out.println(state.file() + " is complete and sound: " + megabytes(state.totalBytes()) + " MB");
            return 0;
        }
        err.println("the backup failed: " + OpsCommand.printable(state.problem()));
        return 1;
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / 1e6);
    }
}
