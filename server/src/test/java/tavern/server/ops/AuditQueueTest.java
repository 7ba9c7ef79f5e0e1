package tavern.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditStore;
import tavern.server.time.MonotonicClock;

/** What waits for a store that does not answer has a bound. */
class AuditQueueTest {
    private long nowMillis;
    private final CompletableFuture<Optional<AuditEntry>> answer = new CompletableFuture<>();
    private final MonotonicClock clock = () -> TimeUnit.MILLISECONDS.toNanos(nowMillis);
    private final AuditQueue queue = new AuditQueue(new AuditLog(silentStore(), () -> {}), clock);

    /** Of which nothing is asked but the newest entry. */
    private AuditStore silentStore() {
        return (AuditStore) Proxy.newProxyInstance(
                AuditStore.class.getClassLoader(),
                new Class<?>[] {AuditStore.class},
                (proxy, method, arguments) -> answer);
    }

    private static AuditEntry.Fact fact(String action) {
        return new AuditEntry.Fact(1, "eve (admin)", "127.0.0.1", action, "ann", "spam", "kicked");
    }

    @Test
    void pastItsBoundNoOrderIsBegunAndWhatCameOfOthersIsStillTaken() {
        CompletableFuture<AuditEntry> first = queue.add(fact("first"), "");
        for (int i = 1; i < AuditQueue.ENTRIES_MAX; i++) {
            queue.add(fact("more"), "");
        }
        assertThatThrownBy(() -> queue.add(fact("too many"), "").getNow(null)).hasMessageContaining("nothing was done");
        assertThat(queue.addOutcome(fact("outcome"), "")).isNotDone();
        assertThat(queue.withdraw(first)).as("it may have been written").isFalse();
    }

    @Test
    void whatWasNotTriedCanBeTakenBackAndMakesRoom() {
        queue.add(fact("first"), "");
        CompletableFuture<AuditEntry> second = queue.add(fact("second"), "");
        assertThat(queue.withdraw(second)).isTrue();
        assertThat(queue.withdraw(second)).isFalse();
    }

    @Test
    void whatWaitsForLongSaysThatTheStoreIsAway() {
        queue.add(fact("first"), "");
        assertThat(queue.isLate()).isFalse();
        nowMillis = 1_001;
        assertThat(queue.isLate()).isTrue();
    }

    @Test
    void aStoreThatThrowsIsTriedAgain() {
        AtomicInteger asked = new AtomicInteger();
        AuditStore throwing = (AuditStore) Proxy.newProxyInstance(
                AuditStore.class.getClassLoader(), new Class<?>[] {AuditStore.class}, (proxy, method, arguments) -> {
                    if (asked.incrementAndGet() == 1) {
                        throw new IllegalStateException("out of order");
                    }
                    return answer;
                });
        AuditQueue again = new AuditQueue(new AuditLog(throwing, () -> {}), clock);
        again.add(fact("first"), "");
        assertThat(again.problem()).isEqualTo("out of order");
        await().until(() -> asked.get() > 1);
    }
}
