package tavern.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.server.game.Inventory;
import tavern.server.store.AccountStore;
import tavern.server.store.Erasure;
import tavern.server.store.PlayerRecord;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.UnfinishedErasure;

/** In which order rooms and store are searched, and when an erasure is finished. */
final class ErasureSearchTest {
    private final Erasure ann = Erasure.of(new PlayerId(1), "ann");
    private final List<UnfinishedErasure> unfinished = new ArrayList<>(List.of(new UnfinishedErasure(ann, 7)));
    private Optional<PlayerRecord> stored = record(ann.name());
    private final List<String> steps = new ArrayList<>();
    private final Queue<CompletionStage<Integer>> rooms = new ArrayDeque<>();
    private final ErasureSearch search = new ErasureSearch(accounts(), erasure -> {
        steps.add("rooms");
        return rooms.isEmpty() ? CompletableFuture.completedFuture(0) : rooms.remove();
    });

    private AccountStore accounts() {
        return (AccountStore) Proxy.newProxyInstance(
                AccountStore.class.getClassLoader(), new Class<?>[] {AccountStore.class}, (proxy, method, values) -> {
                    steps.add(method.getName());
                    return switch (method.getName()) {
                        case "unfinishedErasures" -> CompletableFuture.completedFuture(List.copyOf(unfinished));
                        case "findPlayer" -> CompletableFuture.completedFuture(stored);
                        case "eraseChat" -> CompletableFuture.completedFuture(3);
                        case "finishErasure" -> {
                            unfinished.clear();
                            yield CompletableFuture.completedFuture(null);
                        }
                        default -> throw new IllegalStateException(method.getName());
                    };
                });
    }

    private static Optional<PlayerRecord> record(String name) {
        return Optional.of(new PlayerRecord(
                new Player(new PlayerId(1), name), new Inventory(new TreeMap<>(), new TreeMap<>(), 1), 0, 0, ""));
    }

    private String run() {
        return search.run(ann).toCompletableFuture().getNow("not ended");
    }

    @Test
    void theStoreIsSearchedOnlyAfterAllRoomsHaveWritten() {
        CompletableFuture<Integer> written = new CompletableFuture<>();
        rooms.add(written);
        CompletionStage<String> running = search.run(ann);
        assertThat(steps).containsExactly("unfinishedErasures", "rooms");
        written.complete(0);
        assertThat(running.toCompletableFuture())
                .isCompletedWithValue("the name is now *erased-1*, lines of chat erased in the store: 3");
        assertThat(steps).containsExactly("unfinishedErasures", "rooms", "eraseChat", "rooms", "finishErasure");
    }

    @Test
    void anErasureIsNotFinishedWhileRoomsAreSilentAndTheOutcomeSaysSo() {
        rooms.add(CompletableFuture.completedFuture(2));
        assertThat(run()).contains("not finished", "still have lines: 2", "erase ann again");
        assertThat(unfinished).hasSize(1);
        rooms.add(CompletableFuture.completedFuture(0));
        rooms.add(CompletableFuture.completedFuture(1));
        assertThat(run()).as("silent the second time").contains("still have lines: 1");
        assertThat(run()).doesNotContain("not finished");
        assertThat(unfinished).isEmpty();
    }

    @Test
    void afterTheEndNothingIsSearchedForBecauseTheNameMayBeSomebodyElses() {
        unfinished.clear();
        stored = record(ann.replacement());
        assertThat(run()).isEqualTo("the name is now *erased-1*");
        assertThat(steps).containsExactly("unfinishedErasures", "findPlayer");
    }

    @Test
    void whatAFailOverHasLostIsNotSaidToBeDone() {
        unfinished.clear();
        assertThatThrownBy(this::run).hasCauseInstanceOf(StoreUnavailableException.class);
    }
}
