package tavern.server.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.server.game.GoodsChange;
import tavern.server.game.Inventory;
import tavern.server.store.AccountStore;
import tavern.server.store.PlayerRecord;
import tavern.server.store.StoreUnavailableException;
import tavern.server.time.SetClocks;

/** Records against a store that answers when the test says so. */
final class PlayersTest {
    private record Load(String name, CompletableFuture<PlayerRecord> answer) {}

    private final List<Load> loads = new CopyOnWriteArrayList<>();
    private final List<PlayerRecord> told = new CopyOnWriteArrayList<>();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final SetClocks clocks = new SetClocks();
    private final Players players =
            new Players(store(), Goods.NONE, List.of(), atMillis -> null, clocks.clocks(), metrics);

    private AccountStore store() {
        return (AccountStore) Proxy.newProxyInstance(
                AccountStore.class.getClassLoader(),
                new Class<?>[] {AccountStore.class},
                (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("openPlayer");
                    loads.add(new Load((String) arguments[0], new CompletableFuture<>()));
                    return loads.get(loads.size() - 1).answer();
                });
    }

    private static PlayerRecord record(String name, long version) {
        Player player = new Player(new PlayerId(name.hashCode()), name);
        return new PlayerRecord(player, new Inventory(new TreeMap<>(), new TreeMap<>(), version), 0, 0, "");
    }

    private void answer(PlayerRecord record) {
        loads.remove(0).answer().complete(record);
    }

    private void fail() {
        loads.remove(0).answer().completeExceptionally(new StoreUnavailableException("gone", 700));
    }

    private PlayerRecord opened(String name, long version) throws Exception {
        CompletableFuture<PlayerRecord> record = players.open(name);
        answer(record(name, version));
        return record.get();
    }

    private void here(String... names) {
        players.tell(new PresentPlayers() {
            @Override
            public void announced(String text) {
                throw new AssertionError("nobody announces " + text);
            }

            @Override
            public Collection<Player> all() {
                return List.of(names).stream()
                        .map(name -> record(name, 0).player())
                        .toList();
            }

            @Override
            public @Nullable Player find(PlayerId player) {
                return all().stream()
                        .filter(one -> one.id().equals(player))
                        .findFirst()
                        .orElse(null);
            }

            @Override
            public void changed(PlayerRecord record) {
                told.add(record);
            }
        });
    }

    @Test
    void aRecordIsReadOnceUntilSomebodyElseChangesIt() throws Exception {
        opened("ann", 1);
        assertThat(players.open("ann").get()).isEqualTo(record("ann", 1));
        assertThat(loads).isEmpty();

        players.playerChanged(record("ann", 0).player().id());
        assertThat(opened("ann", 2).inventory().version()).isEqualTo(2);
        assertThat(metrics.get("cache.gets")
                        .tag("cache", "tavern.cache.players")
                        .tag("result", "hit")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void whoIsHereIsReadAgainAtOnceAndToldOnlyWhatIsNew() throws Exception {
        here("ann");
        opened("ann", 1);
        players.playerChanged(record("ann", 0).player().id());
        answer(record("ann", 1));
        assertThat(told).isEmpty();
        players.playerChanged(record("ann", 0).player().id());
        answer(record("ann", 2));
        assertThat(told).containsExactly(record("ann", 2));
        assertThat(players.open("ann").get()).isEqualTo(record("ann", 2));
    }

    @Test
    void whatIsNewIsSeenByVersionsSoThatLargeInventoriesAreNotCompared() throws Exception {
        here("ann");
        opened("ann", 1);
        PlayerRecord other = new PlayerRecord(
                record("ann", 1).player(),
                new Inventory(new TreeMap<>(Map.of("gold", 5L)), new TreeMap<>(), 1),
                0,
                0,
                "");
        players.playerChanged(other.player().id());
        answer(other);
        assertThat(told).isEmpty();
        players.playerChanged(other.player().id());
        answer(new PlayerRecord(other.player(), other.inventory(), 0, 9, ""));
        assertThat(told).hasSize(1);
    }

    @Test
    void whoIsHereIsToldThoughTheRecordWasForgottenLongAgo() throws Exception {
        String[] names = new String[60];
        for (int i = 0; i < names.length; i++) {
            names[i] = "player" + i;
            opened(names[i], 1);
        }
        here(names);
        clocks.turn(11 * 60_000);
        for (String name : names) {
            players.playerChanged(record(name, 0).player().id());
        }
        while (!loads.isEmpty()) {
            answer(record(loads.get(0).name(), 2));
        }
        assertThat(told).hasSize(names.length);
    }

    @Test
    void aStrangersChangeDuringTheLoadCostsNothing() throws Exception {
        CompletableFuture<PlayerRecord> ann = players.open("ann");
        players.playerChanged(record("stranger", 0).player().id());
        answer(record("ann", 1));
        assertThat(players.open("ann").get()).isEqualTo(ann.get());
        assertThat(loads).as("not read again").isEmpty();
    }

    @Test
    void whoIsToBeReadAgainIsToldEvenWhatIsAsItWas() throws Exception {
        here("ann");
        opened("ann", 1);
        players.reread(record("ann", 0).player());
        fail();
        clocks.turn(1_001);
        await().until(() -> !loads.isEmpty());
        answer(record("ann", 1));
        assertThat(told).containsExactly(record("ann", 1));
    }

    @Test
    void aChangeDuringTheLoadIsNotOverlooked() throws Exception {
        CompletableFuture<PlayerRecord> first = players.open("ann");
        players.playerChanged(record("ann", 0).player().id());
        answer(record("ann", 1));
        assertThat(first.get()).isEqualTo(record("ann", 1));
        players.open("ann");
        assertThat(loads).as("read again").hasSize(1);
    }

    @Test
    void aLoadThatWasDroppedLeavesNoNameBehind() throws Exception {
        CompletableFuture<PlayerRecord> ann = players.open("ann");
        players.allChanged();
        answer(record("ann", 1));
        assertThat(ann.get()).isEqualTo(record("ann", 1));
        assertThat(players.known("ann")).isNull();
        assertThat(players.names()).isZero();

        // What is read anew after that keeps its name.
        clocks.turn(10_000);
        assertThat(opened("ann", 2)).isEqualTo(players.known("ann"));
        assertThat(players.names()).isEqualTo(1);
    }

    @Test
    void whenAllMayHaveChangedNoMoreThanSixteenAreReadAgainAtOnce() throws Exception {
        String[] names = new String[40];
        for (int i = 0; i < names.length; i++) {
            names[i] = "player" + i;
            opened(names[i], 1);
        }
        here(names);
        players.allChanged();
        for (int i = 0; i < names.length; i++) {
            assertThat(loads).hasSize(Math.min(16, names.length - i));
            answer(record(loads.get(0).name(), 2));
        }
        assertThat(told).hasSize(names.length);
    }

    @Test
    void aFailureIsRememberedForASecondSoThatClientsThatTryOnAskNothing() {
        CompletableFuture<PlayerRecord> first = players.open("ann");
        fail();
        assertThat(first).isCompletedExceptionally();
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(players.open("ann")::get).cause().isInstanceOf(StoreUnavailableException.class);
        }
        assertThat(loads).isEmpty();
        clocks.turn(1_001);
        players.open("ann");
        assertThat(loads).hasSize(1);
    }

    private static GoodsChange gold(long version, long count) {
        return new GoodsChange(version, new TreeMap<>(Map.of("gold", count)), new TreeMap<>(), new TreeSet<>());
    }

    @Test
    void changesAreAppliedInTheirOrderEachOnce() throws Exception {
        Player ann = opened("ann", 1).player();
        players.update(ann, gold(2, 5));
        players.update(ann, gold(3, 7));
        players.update(ann, gold(2, 5));
        assertThat(players.open("ann").get().inventory())
                .isEqualTo(new Inventory(new TreeMap<>(Map.of("gold", 7L)), new TreeMap<>(), 3));
        assertThat(loads).isEmpty();
    }

    @Test
    void aChangeDuringTheLoadIsAppliedToWhatWasLoaded() throws Exception {
        CompletableFuture<PlayerRecord> loading = players.open("ann");
        players.update(record("ann", 0).player(), gold(2, 5));
        answer(record("ann", 1));
        assertThat(loading.get().inventory().version()).isEqualTo(1);
        assertThat(players.open("ann").get().inventory().count("gold")).isEqualTo(5);
    }

    @Test
    void whenAChangeIsMissingTheRecordIsReadAgainAndWhoIsHereIsTold() throws Exception {
        here("ann");
        Player ann = opened("ann", 1).player();
        players.update(ann, gold(3, 5));
        assertThat(players.known("ann")).as("what is known to be outdated").isNull();
        answer(record("ann", 3));
        assertThat(told).containsExactly(record("ann", 3));
        assertThat(loads).isEmpty();
    }

    @Test
    void whatMustBeCurrentIsNeverAnOldRecord() throws Exception {
        opened("ann", 1);
        players.allChanged();
        CompletableFuture<PlayerRecord> current = players.current("ann");
        fail();
        assertThat(current).isCompletedExceptionally();
        assertThat(players.current("ann")).isCompletedExceptionally();
        assertThat(players.open("ann").get()).isEqualTo(record("ann", 1));
    }

    @Test
    void theOldRecordOfAnErasedPlayerIsNobodys() throws Exception {
        PlayerId ann = opened("ann", 1).player().id();
        opened("bob", 1);
        players.playerChanged(ann); // by the ban
        players.playerChanged(record("bob", 1).player().id());
        players.playerErased(ann);
        CompletableFuture<PlayerRecord> stranger = players.open("ann");
        fail();
        assertThat(stranger).isCompletedExceptionally();
        CompletableFuture<PlayerRecord> bob = players.open("bob");
        fail();
        assertThat(bob.get()).isEqualTo(record("bob", 1));
    }

    @Test
    void anOldRecordIsGoodEnoughWhileTheStoreIsGone() throws Exception {
        opened("ann", 1);
        players.allChanged();
        CompletableFuture<PlayerRecord> record = players.open("ann");
        fail();
        assertThat(record.get()).isEqualTo(record("ann", 1));
        assertThat(players.open("ann").get()).isEqualTo(record("ann", 1));

        clocks.turn(1_001);
        assertThat(opened("ann", 2).inventory().version()).isEqualTo(2);
    }

    /** A load that began before the erasure ends after it, with the name that was erased. */
    @Test
    void aRecordThatWasBeingReadWhenItsPlayerWasErasedIsNotSetAside() {
        players.open("ann");
        players.playerErased(record("ann", 1).player().id());
        answer(record("ann", 1));

        CompletableFuture<PlayerRecord> again = players.open("ann");
        fail();
        assertThatThrownBy(again::get).hasCauseInstanceOf(StoreUnavailableException.class);
    }
}
