package tavern.sim.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static tavern.sim.ledger.FeedMessages.deliver;
import static tavern.sim.ledger.FeedMessages.sale;
import static tavern.sim.ledger.FeedMessages.told;

import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tavern.protocol.v1.TradeOutcome;
import tavern.sim.audit.KnownTrade;

@Timeout(30)
class FeedLedgerTest {
    private static final UUID ONE = new UUID(1, 1);
    private static final UUID TWO = new UUID(2, 2);
    private static final UUID THREE = new UUID(3, 3);

    private final FeedLedger ledger = new FeedLedger();

    @Test
    void aMessageThatComesAgainIsARepeatAndNoSecondTrade() {
        deliver(ledger, sale(ONE));
        deliver(ledger, sale(TWO));
        deliver(ledger, sale(ONE));
        assertThat(ledger.claims())
                .containsExactly(told(ONE, TradeOutcome.COMMITTED), told(TWO, TradeOutcome.COMMITTED));
        assertThat(ledger.delivered()).isEqualTo(3);
        assertThat(ledger.repeated()).isEqualTo(1);
        assertThat(ledger.faults()).isEmpty();
    }

    @Test
    void aMessageThatComesAgainWithOtherContentsIsAFaultAndTheFirstCounts() {
        deliver(ledger, sale(ONE));
        deliver(ledger, sale(ONE).setFence(8));
        assertThat(ledger.altered()).isEqualTo(1);
        assertThat(ledger.repeated()).isZero();
        assertThat(ledger.faults()).singleElement().asString().contains("1-" + ONE, "other contents");
        assertThat(ledger.claims()).hasSize(1);
    }

    @Test
    void rubbishIsCountedAndToldWithoutItsControlCharacters() {
        ledger.receive(new byte[] {1}, "a\nb\u001b[31m" + "x".repeat(100));
        ledger.receive(new byte[] {1}, null);
        assertThat(ledger.bad()).isEqualTo(2);
        assertThat(ledger.faults())
                .hasSize(2)
                .first()
                .asString()
                .contains("a?b?[31m")
                .hasSizeLessThan(140);
        assertThat(ledger.claims()).isEmpty();
    }

    @Test
    void orderIsJudgedWithinARoomAndOneOwner() {
        deliver(ledger, sale(ONE).setCommittedAtMs(10));
        deliver(ledger, sale(TWO).setCommittedAtMs(9).setRoom("cellar"));
        deliver(ledger, sale(THREE).setCommittedAtMs(8).setFence(9));
        assertThat(ledger.inversions()).isZero();
        deliver(ledger, sale(new UUID(4, 4)).setCommittedAtMs(9));
        assertThat(ledger.inversions()).isEqualTo(1);
    }

    @Test
    void drainedIsOnceAllHaveComeAndNothingFollows() throws InterruptedException {
        CompletableFuture<Void> late = CompletableFuture.runAsync(
                () -> deliver(ledger, sale(ONE)), CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));
        ledger.awaitDrained(keys(ONE), 1, 20_000, 20_000);
        assertThat(ledger.claims()).hasSize(1);
        late.join();
    }

    @Test
    void whatNeverComesIsWaitedForNoLongerThanToldTo() throws InterruptedException {
        deliver(ledger, sale(ONE));
        long began = System.nanoTime();
        ledger.awaitDrained(keys(ONE, TWO), 1, 100, 20_000);
        ledger.awaitDrained(keys(ONE, TWO), 1, 20_000, 100);
        assertThat(System.nanoTime() - began).isBetween(199_000_000L, 10_000_000_000L);
    }

    private static Set<KnownTrade.Key> keys(UUID... ids) {
        return Set.copyOf(Arrays.stream(ids)
                .map(id -> told(id, TradeOutcome.COMMITTED).key())
                .toList());
    }
}
