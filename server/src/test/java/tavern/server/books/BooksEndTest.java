package tavern.server.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tavern.server.services.FairTime;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditStore;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.Clocks;

/** Books are closed in the middle of a turn, and between two turns. */
@Timeout(60)
final class BooksEndTest {
    /** Half as long as books rest that have read everything. */
    private static final Duration AT_ONCE = Duration.ofMillis(500);

    @TempDir
    Path folder;

    private final Logger logger = (Logger) LoggerFactory.getLogger(Follower.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final AtomicInteger turns = new AtomicInteger();
    private Store store;

    @BeforeEach
    void openStore() {
        logged.list = new CopyOnWriteArrayList<>();
        logged.start();
        logger.addAppender(logged);
        store = EmbeddedStore.open(StoreSettings.embedded(folder.resolve("store"), 1_000, 1_000));
    }

    @AfterEach
    void closeStore() {
        store.close();
        logger.detachAppender(logged);
    }

    private Books open(List<AuditEntry> audit) {
        return Books.open(
                folder.resolve("books.db"),
                store,
                store,
                new AuditStore() {
                    @Override
                    public CompletionStage<Boolean> appendAudit(AuditEntry entry) {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public CompletionStage<List<AuditEntry>> audit(long afterSeq, int max) {
                        turns.incrementAndGet();
                        return CompletableFuture.completedFuture(audit);
                    }

                    @Override
                    public CompletionStage<Optional<AuditEntry>> newestAudit() {
                        throw new UnsupportedOperationException();
                    }
                },
                Clocks.system());
    }

    @Test
    void aTurnUnderWayEndsWithoutAWord() throws Exception {
        CountDownLatch underWay = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Books books = open(new AbstractList<>() {
            @Override
            public AuditEntry get(int index) {
                throw new IndexOutOfBoundsException(index);
            }

            @Override
            public int size() {
                underWay.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return 0;
            }
        });
        underWay.await();
        Thread closing = new Thread(books::close);
        closing.start();
        await("it waits for the turn").until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        goOn.countDown();
        closing.join();
        assertThat(logged.list)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .isEmpty();
    }

    @Test
    void theNextTurnIsNotWaitedFor() {
        Books books = open(List.of());
        await().until(() -> books.economy().checked());
        int before = turns.get();
        await("a turn").pollInterval(Duration.ofMillis(5)).until(() -> turns.get() > before);
        long start = FairTime.nanos();
        books.close();
        assertThat(Duration.ofNanos(FairTime.nanos() - start)).isLessThan(AT_ONCE);
    }
}
