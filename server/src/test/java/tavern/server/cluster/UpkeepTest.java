package tavern.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tavern.server.store.Realm.ROOM;
import static tavern.server.store.Realm.await;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.RoomId;
import tavern.server.store.LeaseKey;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.TransactionDraft;
import tavern.server.store.TransactionId;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.ClockTrust;
import tavern.server.time.SetClocks;

/** A real store, and days that pass when the test says so. */
final class UpkeepTest {
    private static final RoomId CELLAR = new RoomId("cellar");
    private static final int OUTCOME_DAYS = 7;
    private static final int OLD = 4_200;
    private static final long DAY = Duration.ofDays(1).toMillis();

    @TempDir
    private Path folder;

    private final SetClocks clocks = new SetClocks(Realm.NOW);
    private Store store;

    @BeforeEach
    void open() {
        store = EmbeddedStore.open(StoreSettings.embedded(folder, 10_000, 1_000), clocks.wall());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aRoomIsForgottenAfterTheDaysInTheSettings() {
        use(CELLAR);
        clocks.turn(Duration.ofDays(29));
        round(30);
        assertThat(knows(CELLAR)).isTrue();
        clocks.turn(Duration.ofDays(2));
        round(30);
        assertThat(knows(CELLAR)).isFalse();
    }

    @Test
    void aRoomThatStaysOpenIsNotForgottenAndItsDaysBeginWhenItCloses() {
        long fence = Realm.acquire(store, ROOM);
        clocks.turn(Duration.ofDays(400));
        round(30);
        assertThat(knows(ROOM)).isTrue();
        await(store.releaseLease(LeaseKey.room(ROOM), fence));
        clocks.turn(Duration.ofDays(29));
        round(30);
        assertThat(knows(ROOM)).isTrue();
        clocks.turn(Duration.ofDays(2));
        round(30);
        assertThat(knows(ROOM)).isFalse();
    }

    /** Renewals date the leases that are held: no upkeep saw the room while it was open. */
    @Test
    void theDaysOfARoomThatWasHeldForLongBeginWhenItsRenewalsEnd() {
        long fence = Realm.acquire(store, ROOM);
        clocks.turn(Duration.ofDays(29));
        assertThat(await(store.renewLeases(Map.of(LeaseKey.room(ROOM), fence), "test@127.0.0.1:1", 60_000)))
                .isEmpty();
        await(store.releaseLease(LeaseKey.room(ROOM), fence));
        clocks.turn(Duration.ofDays(2));
        round(30);
        assertThat(knows(ROOM)).isTrue();
        clocks.turn(Duration.ofDays(29));
        round(30);
        assertThat(knows(ROOM)).isFalse();
    }

    @Test
    void aClockThatIsAheadForgetsNothingUntilItHasProvedRight() {
        use(CELLAR);
        remember("id:today", Realm.NOW);
        try (Upkeep upkeep = new Upkeep(store, store, store, null, 30, OUTCOME_DAYS, "test", clocks.clocks())) {
            await(upkeep.round());
            clocks.turn(ClockTrust.PROOF_MILLIS);
            clocks.setWall(Duration.ofDays(60));
            await(upkeep.round());
            clocks.turn(ClockTrust.PROOF_MILLIS - 1);
            await(upkeep.round());
            assertThat(knows(CELLAR)).isTrue();
            assertThat(await(store.findOutcome(TransactionDraft.id("id:today", Realm.NOW))))
                    .isPresent();
            clocks.turn(1);
            await(upkeep.round());
        }
        assertThat(knows(CELLAR)).isFalse();
    }

    @Test
    void aRoundEndsWhenSomebodySetsTheClock() {
        remember("fresh", Realm.NOW);
        for (int i = 0; i < 1_600; i++) {
            remember("old:" + i, bornOld(i));
        }
        AtomicInteger steps = new AtomicInteger();
        AtomicInteger releases = new AtomicInteger();
        Store watched = watched((method, arguments) -> {
            releases.addAndGet(method.getName().equals("releaseLease") ? 1 : 0);
            Object answer = method.invoke(store, arguments);
            if (method.getName().equals("forgetOutcomes") && steps.incrementAndGet() == 2) {
                return ((CompletionStage<?>) answer).thenApply(left -> {
                    clocks.setWall(Duration.ofDays(60));
                    return left;
                });
            }
            return answer;
        });
        try (Upkeep upkeep = new Upkeep(watched, watched, watched, null, 30, OUTCOME_DAYS, "test", clocks.clocks())) {
            clocks.turn(ClockTrust.PROOF_MILLIS);
            await(upkeep.round());
        }
        assertThat(steps).hasValue(2);
        assertThat(releases).hasValue(1);
        assertThat(await(store.findOutcome(TransactionDraft.id("fresh", Realm.NOW))))
                .isPresent();
    }

    @Test
    void aRoundDoesNotBeginWhileTheOneBeforeIsUnderWay() {
        CompletableFuture<Boolean> slow = new CompletableFuture<>();
        AtomicInteger steps = new AtomicInteger();
        Store watched = watched((method, arguments) -> method.getName().equals("forgetOutcomes")
                ? steps.incrementAndGet() == 1 ? slow : CompletableFuture.completedFuture(false)
                : method.invoke(store, arguments));
        try (Upkeep upkeep = new Upkeep(watched, watched, watched, null, 0, OUTCOME_DAYS, "test", clocks.clocks())) {
            clocks.turn(ClockTrust.PROOF_MILLIS);
            CompletionStage<Void> first = upkeep.round();
            await(upkeep.round());
            slow.complete(false);
            await(first);
            assertThat(steps).hasValue(1);
            await(upkeep.round());
            assertThat(steps).hasValue(2);
        }
    }

    @Test
    void aRoundThatFailsLeavesTheNextOneFree() {
        AtomicInteger asked = new AtomicInteger();
        Store watched = watched((method, arguments) -> {
            if (method.getName().equals("acquireLease") && asked.incrementAndGet() == 1) {
                throw new IllegalStateException("a fault");
            }
            return method.invoke(store, arguments);
        });
        try (Upkeep upkeep = new Upkeep(watched, watched, watched, null, 0, OUTCOME_DAYS, "test", clocks.clocks())) {
            clocks.turn(ClockTrust.PROOF_MILLIS);
            assertThatThrownBy(upkeep::round).hasMessage("a fault");
            await(upkeep.round());
            assertThat(asked).hasValue(2);
        }
    }

    @Test
    void twoServersWithTheSameNameDoNotShareTheLease() {
        List<String> holders = new ArrayList<>();
        Store watched = watched((method, arguments) -> {
            if (method.getName().equals("acquireLease")) {
                holders.add((String) arguments[1]);
            }
            return method.invoke(store, arguments);
        });
        for (int i = 0; i < 2; i++) {
            try (Upkeep upkeep = new Upkeep(
                    watched, watched, watched, null, 30, OUTCOME_DAYS, "node@127.0.0.1:7777", clocks.clocks())) {
                clocks.turn(ClockTrust.PROOF_MILLIS);
                await(upkeep.round());
            }
        }
        assertThat(holders).hasSize(2).doesNotHaveDuplicates().allMatch(holder -> holder.startsWith("node@127.0.0.1:"));
    }

    @Test
    void zeroDaysForgetNothing() {
        use(CELLAR);
        clocks.turn(Duration.ofDays(10_000));
        round(0);
        assertThat(knows(CELLAR)).isTrue();
    }

    /** More rooms than one step removes, so that the pauses in between are taken too. */
    @Test
    void aRoundGoesOnUntilNothingIsLeft() {
        for (int i = 0; i < 500; i++) {
            use(new RoomId("room-" + i));
        }
        clocks.turn(Duration.ofDays(31));
        round(30);
        for (int i = 0; i < 500; i += 99) {
            assertThat(knows(new RoomId("room-" + i))).as("room-%s", i).isFalse();
        }
    }

    /** More of them than one step removes. Rooms that are kept for ever make no difference. */
    @Test
    void outcomesOlderThanTheWindowAndItsMarginAreForgottenAndTheRestIsKept() {
        TransactionId edge = remember("id:edge", Realm.NOW - OUTCOME_DAYS * DAY - DAY / 2);
        TransactionId fresh = remember("id:fresh", Realm.NOW);
        for (int i = 0; i < OLD; i++) {
            remember("old:" + i, bornOld(i));
        }
        round(0);
        for (int i = 0; i < OLD; i += OLD - 1) {
            assertThat(await(store.findOutcome(TransactionDraft.id("old:" + i, bornOld(i)))))
                    .isEmpty();
        }
        assertThat(await(store.findOutcome(edge))).isPresent();
        assertThat(await(store.findOutcome(fresh))).isPresent();
    }

    /** The store, as the upkeep sees it when calls go through the test. */
    private static Store watched(Call call) {
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(),
                new Class<?>[] {Store.class},
                (proxy, method, arguments) -> call.answer(method, arguments));
    }

    private interface Call {
        Object answer(Method method, Object[] arguments) throws Throwable;
    }

    private static long bornOld(int number) {
        return Realm.NOW - (OUTCOME_DAYS + 2) * DAY - number;
    }

    private TransactionId remember(String id, long bornMillis) {
        return await(store.transact(
                        TransactionDraft.transaction(id).born(bornMillis).build()))
                .id();
    }

    private void use(RoomId room) {
        long fence = Realm.acquire(store, room);
        await(store.releaseLease(LeaseKey.room(room), fence));
    }

    private void round(int keptDays) {
        try (Upkeep upkeep = new Upkeep(store, store, store, null, keptDays, OUTCOME_DAYS, "test", clocks.clocks())) {
            clocks.turn(ClockTrust.PROOF_MILLIS);
            await(upkeep.round());
        }
    }

    private boolean knows(RoomId room) {
        return await(store.knowsRoom(room));
    }
}
