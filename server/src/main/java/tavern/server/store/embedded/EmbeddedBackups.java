package tavern.server.store.embedded;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.ProgressHandler;
import tavern.server.store.BackupRefusedException;
import tavern.server.store.BackupState;
import tavern.server.store.Backups;

/**
 * Copies the file with {@code VACUUM INTO}, on a thread and a connection of their own.
 *
 * <p>The copy is made from one read transaction, so it is the state of one moment, and it ends however much is written
 * meanwhile. (SQLite's other interface for backups begins again whenever another connection has written.) Readers do
 * not block the writer, but while there is one, the write-ahead log cannot begin again at its start: it grows by what is
 * written during the copy. The writer would then move all of that into the file within one commit, so until this thread
 * has done so, the writer leaves the log alone.
 */
final class EmbeddedBackups implements Backups, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedBackups.class);

    /** Few enough that a pause is due after some kilobytes, and players never wait for a long burst. */
    private static final int OPERATIONS_BETWEEN_PAUSES = 1_000;

    /** A check has no bytes to count: after each step of some tenths of a millisecond it rests for longer. */
    private static final long CHECK_REST_NANOS = 500_000;

    /** Forced to the disk at a time: all of the copy at once would keep the writer's own flushes waiting for seconds. */
    private static final long FORCED_BYTES = 4L << 20;

    private static final long CACHE_KIBIBYTES = 256;

    private final Database database;
    private final Function<Boolean, CompletionStage<Void>> writerMovesLog;
    private volatile boolean writerMoves = true;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(new DefaultThreadFactory("tavern-store-backup", true));
    private volatile BackupState state = BackupState.NONE;
    private volatile boolean stopped;

    /** @param writerMovesLog tells the writer whether to move the log into the file from time to time */
    EmbeddedBackups(Database database, Function<Boolean, CompletionStage<Void>> writerMovesLog) {
        this.database = database;
        this.writerMovesLog = writerMovesLog;
    }

    @Override
    public BackupState state() {
        return state;
    }

    @Override
    public synchronized CompletionStage<BackupState> start(Path file, long bytesPerSecond) {
        BackupState before = state;
        if (stopped || before.isRunning()) {
            return CompletableFuture.failedFuture(new BackupRefusedException(
                    stopped ? "the store is being closed" : "the backup to " + before.file() + " is still under way"));
        }
        state = new BackupState(file.toString(), BackupState.Phase.COPYING, 0, 0, "");
        CompletableFuture<BackupState> begun = new CompletableFuture<>();
        try {
            thread.execute(() -> run(file, bytesPerSecond, before, begun));
        } catch (RejectedExecutionException e) {
            state = before;
            begun.completeExceptionally(new BackupRefusedException("the store is being closed", e));
        }
        return begun;
    }

    @SuppressWarnings("IllegalCatch") // an error must not leave the state at COPYING, which refuses all later backups
    private void run(Path file, long bytesPerSecond, BackupState before, CompletableFuture<BackupState> begun) {
        PartFile part;
        try {
            long bytes = databaseBytes();
            part = PartFile.begin(file, bytes);
            state = new BackupState(file.toString(), BackupState.Phase.COPYING, 0, bytes, "");
        } catch (BackupRefusedException e) {
            state = before;
            begun.completeExceptionally(e);
            return;
        } catch (Throwable e) {
            state = before;
            begun.completeExceptionally(
                    new BackupRefusedException(file + " cannot be written (" + e.getMessage() + ")", e));
            return;
        }
        begun.complete(state);
        try {
            make(part, bytesPerSecond);
            state = state.done(Files.size(file));
            log.info("backup {} is complete and sound: {} MB", file, Files.size(file) >> 20);
        } catch (Throwable e) {
            String why = stopped
                    ? "the server stopped before the copy was complete"
                    : e.getMessage() == null ? e.toString() : e.getMessage();
            log.warn("backup {} failed: {}", file, why);
            discard(part);
            state = state.failed(why);
        }
    }

    private void make(PartFile part, long bytesPerSecond) throws SQLException, IOException {
        copy(part.path(), bytesPerSecond);
        state = state.checking();
        CopyCheck.renew(part.path());
        CopyCheck.requireSound(part.path(), new CheckPause(bytesPerSecond > 0), OPERATIONS_BETWEEN_PAUSES);
        part.complete();
    }

    private long databaseBytes() throws SQLException {
        try (Connection connection = database.openToRead();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT (page_count - freelist_count) * page_size"
                        + " FROM pragma_page_count, pragma_freelist_count, pragma_page_size")) {
            row.next();
            return row.getLong(1);
        }
    }

    private void copy(Path part, long bytesPerSecond) throws SQLException {
        writerMoves = false;
        database.autoCheckpoints(false); // also for a writer that opens the file anew meanwhile
        tellWriter();
        try (Connection connection = database.openToWrite();
                Statement statement = connection.createStatement()) {
            // A large cache would hold the copy back and then write it in one burst.
            statement.execute("PRAGMA cache_size = -" + CACHE_KIBIBYTES);
            CopyPause pause = new CopyPause(part, bytesPerSecond);
            ProgressHandler.setHandler(connection, OPERATIONS_BETWEEN_PAUSES, pause);
            try (PreparedStatement into = connection.prepareStatement("VACUUM INTO ?")) {
                into.setString(1, part.toString());
                into.executeUpdate();
            } catch (SQLException e) {
                throw pause.cause(e);
            }
            ProgressHandler.clearHandler(connection);
            // PASSIVE never makes the writer wait.
            statement.execute("PRAGMA wal_checkpoint(PASSIVE)");
        } finally {
            database.autoCheckpoints(true);
            writerMoves = true;
            tellWriter();
        }
    }

    /** Repeated until it succeeds: the store may be busy, and the log must not grow for ever. */
    private void tellWriter() {
        writerMovesLog.apply(writerMoves).whenComplete((done, failure) -> {
            if (failure != null && !stopped) {
                CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, Runnable::run)
                        .execute(this::tellWriter);
            }
        });
    }

    private static void discard(PartFile part) {
        try {
            part.discard();
        } catch (IOException e) {
            log.warn("{} could not be removed; remove it", part.path(), e);
        }
    }

    /** Pauses for as long as the bytes may take that were written since the last pause. */
    private final class CopyPause extends ProgressHandler {
        private final Path part;
        private final long bytesPerSecond;
        private long paidBytes;
        private long forcedBytes;
        private @Nullable Throwable failure;

        CopyPause(Path part, long bytesPerSecond) {
            this.part = part;
            this.bytesPerSecond = bytesPerSecond;
        }

        @Override
        @SuppressWarnings("IllegalCatch") // native code is the caller, and cannot handle it
        protected int progress() {
            try {
                return pause();
            } catch (IOException | RuntimeException | Error e) {
                failure = e;
                return 1;
            }
        }

        /** Returns why the copy ended: SQLite itself knows only that it was interrupted. */
        SQLException cause(SQLException interrupted) {
            Throwable why = failure;
            return why == null ? interrupted : new SQLException(part + " cannot be written: " + why.getMessage(), why);
        }

        private int pause() throws IOException {
            long bytes = part.toFile().length();
            if (bytesPerSecond > 0 && bytes > paidBytes) {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(bytes - paidBytes) / bytesPerSecond);
            }
            if (bytes - forcedBytes >= FORCED_BYTES) {
                PartFile.force(part);
                forcedBytes = bytes;
            }
            if (bytes > paidBytes) {
                paidBytes = bytes;
                state = state.copied(bytes);
            }
            return stopped ? 1 : 0;
        }
    }

    private final class CheckPause extends ProgressHandler {
        private final boolean rests;

        CheckPause(boolean rests) {
            this.rests = rests;
        }

        @Override
        protected int progress() {
            if (rests) {
                LockSupport.parkNanos(CHECK_REST_NANOS);
            }
            return stopped ? 1 : 0;
        }
    }

    /** Makes a backup that is under way fail soon. */
    void stop() {
        stopped = true;
        thread.shutdownNow(); // the interrupt ends a pause
    }

    /**
     * Waits for the end of a stopped backup, for a moment only: a disk that hangs must not keep the server from
     * stopping. What may be left then is a file that ends with {@code .part}.
     */
    @Override
    public void close() {
        stop();
        try {
            if (!thread.awaitTermination(500, TimeUnit.MILLISECONDS)) {
                log.warn("a backup is still being written; look at the disk of {}", state.file());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
