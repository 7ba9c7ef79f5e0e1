package tavern.server.ops.books;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.Store;

/** The books of a realm, kept up to date on a thread of their own. Any thread, but where it says otherwise. */
public final class Books implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Books.class);
    private static final long CLOSE_SECONDS_MAX = 1;

    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("ops-books", true));
    private final Follower follower;

    private Books(Path file, Store store, InstantSource clock) {
        follower = new Follower(file, store, clock, thread);
    }

    /** @param file that they stand in; made when it is not there, and removed when it is of something else */
    public static Books open(Path file, Store store, InstantSource clock) {
        Books books = new Books(file, store, clock);
        books.thread.execute(books.follower::turn);
        return books;
    }

    /** What is asked of the books, on their thread. */
    public interface Question<T> {
        T ask(BookQueries books) throws SQLException;
    }

    /** Fails with {@link BooksUnavailableException} when the file cannot be had. Waits for one page of the ledger at most. */
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

    /** Entries of the ledger that are in the books. */
    public long entries() {
        return follower.entries();
    }

    /** At most how old what the books say is. */
    public long behindMillis() {
        return follower.behindMillis();
    }

    /** What keeps the books from going on, in words; null: nothing but perhaps a silent store. */
    public @Nullable String trouble() {
        return follower.trouble();
    }

    public EconomyReport economy() {
        return follower.economy();
    }

    /** Blocks for as long as a page takes. */
    @Override
    public void close() {
        thread.execute(follower::close);
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                log.warn("the books are still being written to; look at the disk of store.path");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
