package tavern.server.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tavern.server.game.Goods;
import tavern.server.game.Inventory;
import tavern.server.game.Player;
import tavern.server.game.PlayerId;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Store;
import tavern.server.store.StoreUnavailableException;

/** Records against a store that answers when the test says so. */
final class PlayersTest {
    private record Load(String name, CompletableFuture<PlayerRecord> answer) {}

    private final List<Load> loads = new ArrayList<>();
    private final List<PlayerRecord> told = new ArrayList<>();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private long now = 1_000_000;
    private final Players players =
            new Players(store(), Goods.NONE, List.of(), () -> Instant.ofEpochMilli(now), metrics);

    private Store store() {
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("listen")) {
                        return null;
                    }
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
            public boolean isHere(PlayerId player) {
                return all().stream().anyMatch(one -> one.id().equals(player));
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
    void aChangeDuringTheLoadIsNotOverlooked() throws Exception {
        CompletableFuture<PlayerRecord> first = players.open("ann");
        players.playerChanged(record("ann", 0).player().id());
        answer(record("ann", 1));
        assertThat(first.get()).isEqualTo(record("ann", 1));
        players.open("ann");
        assertThat(loads).as("read again").hasSize(1);
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
        now += 1_001;
        players.open("ann");
        assertThat(loads).hasSize(1);
    }

    @Test
    void anOldRecordIsGoodEnoughWhileTheStoreIsGone() throws Exception {
        opened("ann", 1);
        players.allChanged();
        CompletableFuture<PlayerRecord> record = players.open("ann");
        fail();
        assertThat(record.get()).isEqualTo(record("ann", 1));
        assertThat(players.open("ann").get()).isEqualTo(record("ann", 1));

        now += 1_001;
        assertThat(opened("ann", 2).inventory().version()).isEqualTo(2);
    }
}
