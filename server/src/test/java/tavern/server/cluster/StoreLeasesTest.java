package tavern.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseKey;
import tavern.server.store.LeaseStore;
import tavern.server.store.StoreUnavailableException;
import tavern.server.time.SetClocks;

/** Leases against a clock turned by hand and a store that answers when the test says so. */
final class StoreLeasesTest {
    private static final int TTL = 10_000;
    /** Ten per cent and half a second before it runs out. */
    private static final int GIVEN_UP = TTL - TTL / 10 - 500;

    private static final Node SELF = new Node("one", "127.0.0.1", 7777);
    private static final LeaseKey HALL = new LeaseKey("room:hall");
    private static final LeaseKey CELLAR = new LeaseKey("room:cellar");

    private final Questions store = new Questions();
    private final CompletableFuture<Node> self = CompletableFuture.completedFuture(SELF);
    private final SetClocks clocks = new SetClocks();
    private boolean mayRenew = true;
    private StoreLeases leases = leases(true);

    private StoreLeases leases(boolean clustered) {
        return new StoreLeases(
                store.asStore(), new ClusterSettings(clustered, TTL, "", 0), self, () -> mayRenew, clocks.clocks());
    }

    @AfterEach
    void close() {
        leases.close();
    }

    private void turn(long millis) {
        clocks.turn(millis);
        leases.step();
    }

    private Lease held(LeaseKey key, long fence) throws Exception {
        CompletableFuture<Lease> lease = leases.acquire(key).toCompletableFuture();
        store.acquires.remove(0).complete(new LeaseAnswer.Granted(fence));
        return lease.get();
    }

    @Test
    void allLeasesAreRenewedByOneCallAThirdOfTheirTimeApart() throws Exception {
        Lease hall = held(HALL, 1);
        Lease cellar = held(CELLAR, 2);

        for (int i = 0; i < 20; i++) {
            turn(TTL / 3);
            assertThat(store.renewals).as("renewal %s", i).hasSize(1);
            assertThat(store.renewals.get(0).fences()).isEqualTo(Map.of(HALL, 1L, CELLAR, 2L));
            store.renewals.remove(0).answer().complete(Set.of());
        }

        assertThat(List.of(hall.state(), cellar.state())).containsOnly(Lease.State.HELD);
    }

    @Test
    void whoMayNotRenewLetsItsLeasesRunOutAndRenewsAtOnceWhenItMayAgain() throws Exception {
        Lease hall = held(HALL, 1);
        mayRenew = false;
        turn(TTL / 3);
        turn(GIVEN_UP - TTL / 3);
        assertThat(store.renewals).isEmpty();
        assertThat(hall.state()).isEqualTo(Lease.State.UNCERTAIN);

        mayRenew = true;
        leases.step();
        store.renewals.get(0).answer().complete(Set.of(HALL));
        assertThat(hall.state()).isEqualTo(Lease.State.LOST);
    }

    @Test
    void theTimeOfALeaseCountsFromBeforeItWasAskedFor() throws Exception {
        CompletableFuture<Lease> asked = leases.acquire(HALL).toCompletableFuture();
        clocks.turn(4_000);
        store.acquires.remove(0).complete(new LeaseAnswer.Granted(1));
        Lease hall = asked.get();

        clocks.turn(GIVEN_UP - 4_000 - 1);
        assertThat(hall.state()).isEqualTo(Lease.State.HELD);
        clocks.turn(1);
        assertThat(hall.state()).isEqualTo(Lease.State.UNCERTAIN);
    }

    @Test
    void aLateRenewalHoldsFromWhenItWasSentAndNotFromItsAnswer() throws Exception {
        Lease hall = held(HALL, 1);
        turn(4_000);
        clocks.turn(GIVEN_UP - 4_000);
        assertThat(hall.state()).isEqualTo(Lease.State.UNCERTAIN);

        store.renewals.get(0).answer().complete(Set.of());

        assertThat(hall.state()).isEqualTo(Lease.State.HELD);
        assertThat(hall.fence()).isEqualTo(1);
        clocks.turn(4_000);
        assertThat(hall.state()).isEqualTo(Lease.State.UNCERTAIN);
    }

    /** On Linux the monotonic clock stands still while the machine is suspended; the store's does not. */
    @Test
    void aMachineThatWasSuspendedPastItsLeasesDoesNotBelieveThatItHasThem() throws Exception {
        Lease hall = held(HALL, 1);
        clocks.setWall(Duration.ofMillis(GIVEN_UP - 1));
        assertThat(hall.state()).isEqualTo(Lease.State.HELD);
        clocks.setWall(Duration.ofMillis(1_001));
        assertThat(hall.state()).isEqualTo(Lease.State.UNCERTAIN);

        leases.step();
        assertThat(store.renewals).as("asked for at once").hasSize(1);
        store.renewals.remove(0).answer().complete(Set.of());
        assertThat(hall.state()).isEqualTo(Lease.State.HELD);
    }

    @Test
    void aClockThatIsSetBackMakesNoLeaseLonger() throws Exception {
        Lease hall = held(HALL, 1);
        clocks.setWall(Duration.ofDays(-1));
        clocks.turn(GIVEN_UP - 1);
        assertThat(hall.state()).isEqualTo(Lease.State.HELD);
        clocks.turn(1);
        assertThat(hall.state()).isEqualTo(Lease.State.UNCERTAIN);

        leases.step();
        store.renewals.remove(0).answer().complete(Set.of());
        turn(TTL / 3);
        assertThat(store.renewals).as("renewed as before").hasSize(1);
    }

    @Test
    void aFailedRenewalIsTriedAgainSoonerThanASuccessfulOne() throws Exception {
        held(HALL, 1);
        turn(TTL / 3);
        store.renewals.remove(0).answer().completeExceptionally(new StoreUnavailableException("gone", 1));

        turn(400);
        assertThat(store.renewals).isEmpty();
        turn(100);
        assertThat(store.renewals).hasSize(1);
    }

    @Test
    void oneRenewalIsUnderWayAtATimeUntilItCountsAsFailed() throws Exception {
        Lease hall = held(HALL, 1);
        turn(TTL / 3);
        for (int waited = 100; waited < TTL / 3; waited += 100) {
            turn(100);
            assertThat(store.renewals).hasSize(1);
        }
        turn(100);
        turn(500);
        assertThat(store.renewals).hasSize(2);

        store.renewals.get(1).answer().complete(Set.of());
        store.renewals.get(0).answer().complete(Set.of());
        clocks.turn(GIVEN_UP - 1);
        assertThat(hall.state()).as("the later one counts").isEqualTo(Lease.State.HELD);
    }

    @Test
    void whatAnotherNodeHasAcquiredIsLostForGoodAndNotRenewedAnyMore() throws Exception {
        Lease hall = held(HALL, 1);
        held(CELLAR, 2);
        turn(TTL / 3);
        store.renewals.remove(0).answer().complete(Set.of(HALL));
        assertThat(hall.state()).isEqualTo(Lease.State.LOST);

        turn(TTL / 3);
        assertThat(store.renewals.get(0).fences()).containsOnlyKeys(CELLAR);
        store.renewals.remove(0).answer().complete(Set.of());
        assertThat(hall.state()).isEqualTo(Lease.State.LOST);
    }

    @Test
    void whatWasReleasedIsNotRenewedAndALateRenewalDoesNotBringItBack() throws Exception {
        Lease hall = held(HALL, 1);
        turn(TTL / 3);
        leases.release(hall);
        assertThat(store.released).containsExactly(1L);
        store.renewals.remove(0).answer().complete(Set.of());

        turn(TTL / 3);
        assertThat(store.renewals).isEmpty();
        assertThat(hall.state()).isEqualTo(Lease.State.LOST);
    }

    @Test
    void anOlderFenceIsNotMistakenForTheLeaseAcquiredAfterIt() throws Exception {
        Lease first = held(HALL, 1);
        turn(TTL / 3);
        Lease second = held(HALL, 2);
        store.renewals.remove(0).answer().complete(Set.of(HALL));
        leases.release(first);

        assertThat(first.state()).isEqualTo(Lease.State.LOST);
        assertThat(second.state()).isEqualTo(Lease.State.HELD);
        turn(TTL / 3);
        assertThat(store.renewals.get(0).fences()).isEqualTo(Map.of(HALL, 2L));
    }

    @Test
    void ofTwoAnswersOutOfOrderTheLargerFenceIsKept() throws Exception {
        CompletableFuture<Lease> early = leases.acquire(HALL).toCompletableFuture();
        CompletableFuture<Lease> late = leases.acquire(HALL).toCompletableFuture();
        store.acquires.get(1).complete(new LeaseAnswer.Granted(2));
        store.acquires.get(0).complete(new LeaseAnswer.Granted(1));

        assertThat(early.get().state()).isEqualTo(Lease.State.LOST);
        assertThat(late.get().state()).isEqualTo(Lease.State.HELD);
    }

    @Test
    void anAnswerThatIsLostLeavesNothingToRenew() {
        CompletableFuture<Lease> asked = leases.acquire(HALL).toCompletableFuture();
        store.acquires.remove(0).completeExceptionally(new StoreUnavailableException("gone", 1));

        assertThat(asked).isCompletedExceptionally();
        turn(TTL);
        assertThat(store.renewals).isEmpty();
    }

    @Test
    void aNodeAloneIsNeverUncertainButCanLose() throws Exception {
        leases.close();
        leases = leases(false);
        Lease hall = held(HALL, 1);
        clocks.turn(100 * TTL);
        assertThat(hall.state()).isEqualTo(Lease.State.HELD);

        turn(0);
        store.renewals.remove(0).answer().complete(Set.of(HALL));
        assertThat(hall.state()).isEqualTo(Lease.State.LOST);
    }

    @Test
    void whatIsHeldElsewhereFailsWithItsHolderOrAloneWithATimeToWait() {
        CompletableFuture<Lease> asked = leases.acquire(HALL).toCompletableFuture();
        store.acquires.remove(0).complete(new LeaseAnswer.Held("two@10.0.0.2:7777", 6_700));
        assertThatThrownBy(asked::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        HeldElsewhereException.class,
                        held -> assertThat(held.holder()).isEqualTo(new Node("two", "10.0.0.2", 7777)));

        leases.close();
        leases = leases(false);
        CompletableFuture<Lease> alone = leases.acquire(HALL).toCompletableFuture();
        store.acquires.remove(0).complete(new LeaseAnswer.Held("two@10.0.0.2:7777", 900));
        assertThatThrownBy(alone::get)
                .cause()
                .isInstanceOfSatisfying(
                        StoreUnavailableException.class,
                        silent -> assertThat(silent.retryAfterMillis()).isEqualTo(900));
    }

    @Test
    void aLeaseThatIsNotRenewedIsWaitedForOnce() throws Exception {
        CompletableFuture<Lease> asked = leases.acquire(HALL).toCompletableFuture();
        store.acquires.remove(0).complete(new LeaseAnswer.Held("two@10.0.0.2:7777", 50));
        await().until(() -> !store.acquires.isEmpty());
        store.acquires.remove(0).complete(new LeaseAnswer.Granted(7));
        assertThat(asked.get().fence()).isEqualTo(7);

        CompletableFuture<Lease> again = leases.acquire(CELLAR).toCompletableFuture();
        store.acquires.remove(0).complete(new LeaseAnswer.Held("two@10.0.0.2:7777", 50));
        await().until(() -> !store.acquires.isEmpty());
        store.acquires.remove(0).complete(new LeaseAnswer.Held("two@10.0.0.2:7777", 50));
        assertThatThrownBy(again::get).cause().isInstanceOf(HeldElsewhereException.class);
    }

    @Test
    void whatThisNodeHeldAtAnotherAddressInAnEarlierLifeIsTakenOver() throws Exception {
        CompletableFuture<Lease> asked = leases.acquire(HALL).toCompletableFuture();
        store.acquires.remove(0).complete(new LeaseAnswer.Held("one@127.0.0.1:5555", 9_000));
        assertThat(store.holders).containsExactly("one@127.0.0.1:7777", "one@127.0.0.1:5555");
        store.acquires.remove(0).complete(new LeaseAnswer.Granted(5));
        assertThat(store.released).containsExactly(5L);
        store.acquires.remove(0).complete(new LeaseAnswer.Granted(6));

        assertThat(asked.get().fence()).isEqualTo(6);
        turn(TTL / 3);
        assertThat(store.renewals.get(0).fences()).isEqualTo(Map.of(HALL, 6L));
    }

    @Test
    void nothingIsAcquiredBeforeTheNodeKnowsItsAddress() {
        CompletableFuture<Node> address = new CompletableFuture<>();
        StoreLeases early = new StoreLeases(
                store.asStore(), new ClusterSettings(true, TTL, "", 0), address, () -> true, clocks.clocks());
        early.acquire(HALL);
        assertThat(store.acquires).isEmpty();

        address.complete(SELF);
        assertThat(store.acquires).hasSize(1);
        early.close();
    }

    private record Renewal(Map<LeaseKey, Long> fences, CompletableFuture<Set<LeaseKey>> answer) {}

    /** What the store was asked, to be answered by the test. */
    private static final class Questions {
        final List<CompletableFuture<LeaseAnswer>> acquires = new CopyOnWriteArrayList<>();
        final List<String> holders = new ArrayList<>();
        final List<Renewal> renewals = new ArrayList<>();
        final List<Long> released = new ArrayList<>();

        LeaseStore asStore() {
            return (LeaseStore) Proxy.newProxyInstance(
                    LeaseStore.class.getClassLoader(),
                    new Class<?>[] {LeaseStore.class},
                    (proxy, method, arguments) -> ask(method.getName(), arguments));
        }

        @SuppressWarnings("unchecked")
        private CompletionStage<?> ask(String method, Object[] arguments) {
            switch (method) {
                case "acquireLease" -> {
                    holders.add((String) arguments[1]);
                    acquires.add(new CompletableFuture<>());
                    return acquires.get(acquires.size() - 1);
                }
                case "renewLeases" -> {
                    renewals.add(new Renewal((Map<LeaseKey, Long>) arguments[0], new CompletableFuture<>()));
                    return renewals.get(renewals.size() - 1).answer();
                }
                case "releaseLease" -> {
                    released.add((Long) arguments[1]);
                    return CompletableFuture.completedFuture(null);
                }
                default -> throw new UnsupportedOperationException(method);
            }
        }
    }
}
