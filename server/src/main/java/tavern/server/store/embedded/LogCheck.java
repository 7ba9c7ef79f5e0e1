package tavern.server.store.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tavern.server.store.StoreOpenException;

/**
 * Checks, before SQLite opens the file, whether the file and the log beside it belong together, and whether a log is
 * missing. SQLite itself does not notice: it applies any log to any file, and treats a file without its log as
 * complete.
 *
 * <p>Each transaction updates the {@link FileMark}, so the marks in a log are consecutive. The file's mark must be one
 * of them, or the one just before the first, since the marks get into the file from the log, in their order.
 */
final class LogCheck {
    private final Path file;
    private final Path logFile;

    private LogCheck(Database database) {
        this.file = database.file();
        this.logFile = database.log();
    }

    /** @throws StoreOpenException when the file must not be opened in its present state; the message names the cures */
    static void require(Database database) {
        LogCheck check = new LogCheck(database);
        try {
            WriteAheadLog log = WriteAheadLog.read(check.logFile);
            if (log.hasFrames()) {
                check.requireFits(log);
            } else if (!log.isThere() && Files.exists(check.file)) {
                check.requireWhole(database);
            }
        } catch (IOException e) {
            throw new StoreOpenException(
                    check.logFile + " cannot be read (" + e + "); look at the rights and the health of that disk", e);
        }
    }

    private void requireFits(WriteAheadLog log) throws IOException {
        FileMark first = log.first();
        FileMark last = log.last();
        if (first == null || last == null) {
            requireOpened(log);
            return;
        }
        Optional<FileMark> mark = markOnPage(log);
        if (mark.isPresent() && !mark.get().file().equals(first.file())) {
            throw foreign("the log is of another database");
        }
        // A file of an earlier schema has no mark; the transaction that migrates it writes the first one.
        long changes = mark.map(FileMark::changes).orElse(0L);
        if (changes < first.changes() - 1) {
            throw foreign("the file is older: it is at change " + changes + ", the log begins with change "
                    + first.changes());
        }
        if (changes > last.changes()) {
            throw foreign(
                    "the log is older: it ends with change " + last.changes() + ", the file is at change " + changes);
        }
    }

    /** For a log without marks, which an earlier server or some other program wrote. */
    private void requireOpened(WriteAheadLog log) {
        FileMark mark = markInTable().mark();
        if (mark != null && !mark.open()) {
            throw foreign("the file was closed, with nothing left in a log, at change " + mark.changes());
        }
    }

    /** For a file without a log. */
    private void requireWhole(Database database) {
        Found found = markInTable();
        FileMark mark = found.mark();
        if (mark != null && mark.open() && mark.schemaCookie() == found.schemaCookie()) {
            throw new StoreOpenException(file + " was copied without its log " + logFile.getFileName()
                    + " while a server had it open, or the log was removed: what was done last is only in the log."
                    + " Copy the log too, or restore a copy that was made when the server was stopped;"
                    + " to go on without what is in the log, create an empty file " + logFile + " and run"
                    + " bin/server check");
        }
    }

    private StoreOpenException foreign(String how) {
        return new StoreOpenException(file + " and the log " + logFile.getFileName()
                + " beside it do not belong together ("
                + how + "). If the file was restored from a backup, move " + logFile.getFileName() + " and "
                + file.getFileName() + "-shm out of the folder, and start again; otherwise put back the file that"
                + " belongs to the log");
    }

    private Optional<FileMark> markOnPage(WriteAheadLog log) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer page = ByteBuffer.allocate(log.pageBytes());
            channel.position((log.markPage() - 1L) * log.pageBytes());
            return WriteAheadLog.fill(channel, page) ? FileMark.in(page.array()) : Optional.empty();
        }
    }

    /** @param mark null if the file has none */
    private record Found(@Nullable FileMark mark, int schemaCookie) {}

    /**
     * Reads the mark from the file without its log. If the file cannot be read, opening it will report what is wrong.
     */
    private Found markInTable() {
        try (Connection connection = Database.openWithoutLog(file);
                Statement statement = connection.createStatement()) {
            int cookie = number(statement, "PRAGMA schema_version");
            boolean has = number(statement, "SELECT count(*) FROM sqlite_schema WHERE name = 'file_mark'") > 0;
            if (!has) {
                return new Found(null, cookie);
            }
            try (ResultSet row = statement.executeQuery("SELECT mark FROM file_mark")) {
                return new Found(row.next() ? FileMark.in(row.getBytes(1)).orElse(null) : null, cookie);
            }
        } catch (SQLException e) {
            return new Found(null, 0);
        }
    }

    private static int number(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
