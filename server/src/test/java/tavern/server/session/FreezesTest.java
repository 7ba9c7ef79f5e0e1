package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tavern.server.store.FreezeRows;
import tavern.server.store.FreezeStore;
import tavern.server.store.StoreUnavailableException;
import tavern.server.time.MonotonicClock;

final class FreezesTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(Freezes.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final CompletableFuture<Long> answer = new CompletableFuture<>();

    @BeforeEach
    void listen() {
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void listenNoMore() {
        logger.detachAppender(logged);
    }

    @Test
    void aStoreThatClosesWithTheServerIsNoTrouble() {
        Freezes freezes = new Freezes(store(), MonotonicClock.system());
        freezes.start();
        await().until(() -> asked.get() == 1);
        freezes.close();
        answer.completeExceptionally(new StoreUnavailableException("the store is closed", 1_000));
        assertThat(logged.list).isEmpty();
    }

    @Test
    void aStoreThatFailsMeanwhileIs() {
        Freezes freezes = new Freezes(store(), MonotonicClock.system());
        freezes.start();
        await().until(() -> asked.get() == 1);
        answer.completeExceptionally(new StoreUnavailableException("Redis is unavailable", 1_000));
        freezes.close();
        assertThat(logged.list).singleElement().asString().contains("[WARN]");
    }

    /** Answers what freezes there are at once, and whether they were changed when the test says so. */
    private FreezeStore store() {
        return (FreezeStore) Proxy.newProxyInstance(
                FreezeStore.class.getClassLoader(), new Class<?>[] {FreezeStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("freezesVersion")) {
                        asked.incrementAndGet();
                        return answer;
                    }
                    return CompletableFuture.completedFuture(new FreezeRows(1, List.of()));
                });
    }
}
