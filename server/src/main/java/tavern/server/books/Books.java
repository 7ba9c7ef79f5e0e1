package tavern.server.books;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.AccountStore;
import tavern.server.store.AuditStore;
import tavern.server.store.SegmentStore;
import tavern.server.time.Clocks;

/**
 * The books of a realm, kept up to date on a thread of their own. Safe on any thread, except where stated otherwise.
 */
public final class Books implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Books.class);
    private static final long CLOSE_SECONDS_MAX = 1;

    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("books", true));
    private final Follower follower;

    private Books(Path file, AccountStore accounts, SegmentStore segments, AuditStore audit, Clocks clocks) {
        follower = new Follower(file, accounts, segments, audit, clocks, thread);
    }

    /** @param file created if it does not exist, and set aside if it is broken or not a file of books */
    public static Books open(Path file, AccountStore accounts, SegmentStore segments, AuditStore audit, Clocks clocks) {
        Books books = new Books(file, accounts, segments, audit, clocks);
        books.thread.execute(books.follower::turn);
        return books;
    }

    /** A query on the books, which runs on their thread. */
    public interface Question<T> {
        T ask(BookQueries books) throws SQLException;
    }

    /**
     * Runs a query. Fails with {@link BooksUnavailableException} when the file is not available. Waits for one page of
     * the ledger at most.
     */
    public <T> CompletionStage<T> ask(Question<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            thread.execute(() -> answer(question, answer));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(new BooksUnavailableException("the books are closed"));
        }
        return answer;
    }

    private <T> void answer(Question<T> question, CompletableFuture<T> answer) {
        try {
            Volume volume = follower.volume();
            volume.flush();
            T found = question.ask(volume.queries());
            volume.file().release();
            answer.complete(found);
        } catch (SQLException e) {
            follower.closeVolume();
            answer.completeExceptionally(new BooksUnavailableException("the books cannot be read: " + e.getMessage()));
        } catch (RuntimeException | Error e) {
            answer.completeExceptionally(e);
        }
    }

    /** The number of ledger entries in the books. */
    public long entries() {
        return follower.entries();
    }

    /** The position of the last ledger entry that is durably in the books; empty if there is none. */
    public String position() {
        return follower.position();
    }

    /** The maximum age of what the books say. */
    public long behindMillis() {
        return follower.behindMillis();
    }

    /**
     * How long ago the books had all that was in the ledger; {@code Long.MAX_VALUE} while they are still being read for the
     * first time since the file was opened.
     */
    public long completeMillisAgo() {
        return follower.completeMillisAgo();
    }

    /** What keeps the books from going on, in words; null if nothing does, apart from a store that does not answer. */
    public @Nullable String trouble() {
        return follower.trouble();
    }

    /**
     * In words, how the audit log differs from the one that the books had read, or null if it does not. Stays until the
     * next start.
     */
    public @Nullable String auditFault() {
        return follower.auditFault();
    }

    public EconomyReport economy() {
        return follower.economy();
    }

    /** Blocks for as long as one page takes. */
    @Override
    public void close() {
        thread.execute(() -> {
            follower.close();
            // Not before: what was under way until now has planned its next turn.
            thread.shutdown();
        });
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                log.warn("the books are still being written; look at the disk of store.path");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
