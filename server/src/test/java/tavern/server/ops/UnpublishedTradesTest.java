package tavern.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.server.game.SettledTrade;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;

/** What is said of a trade's publication while more waits in the outbox than is looked through. */
final class UnpublishedTradesTest {
    private static final int LOOKED_THROUGH = 2_000;
    private static final int ROWS_MAX = 10_000;

    @TempDir
    Path folder;

    private Store store;
    private List<String> trades;

    @BeforeEach
    void fillTheOutbox() {
        store = EmbeddedStore.open(StoreSettings.embedded(folder, ROWS_MAX, ROWS_MAX));
        Realm realm = new Realm(store);
        Player ann = realm.open("ann", "gold", ROWS_MAX);
        Player bob = realm.open("bob");
        List<CompletionStage<SettledTrade>> asked = new ArrayList<>();
        for (int i = 0; i < LOOKED_THROUGH + 2; i++) {
            asked.add(realm.ask(Realm.wish(ann, bob, Goods.of("gold", 1), Goods.NONE), Realm.EVENT));
        }
        trades = asked.stream().map(trade -> Realm.await(trade).id().toString()).toList();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static UnpublishedTrades.State stateOf(UnpublishedTrades publications, String trade) {
        return publications.of(trade, Realm.await(publications.waiting(List.of(trade))));
    }

    @Test
    void aTradeBehindMoreThanIsLookedThroughIsNotKnownUntilFewerWait() {
        UnpublishedTrades publications = new UnpublishedTrades(store, true);
        String first = trades.get(0);
        String last = trades.get(trades.size() - 1);
        assertThat(stateOf(publications, first)).isEqualTo(UnpublishedTrades.State.WAITING);
        assertThat(stateOf(publications, last)).isEqualTo(UnpublishedTrades.State.UNKNOWN);

        Realm.await(store.removeOutbox(Realm.await(store.outbox(0, 3))));
        assertThat(stateOf(publications, first)).isEqualTo(UnpublishedTrades.State.PUBLISHED);
        assertThat(stateOf(publications, last)).isEqualTo(UnpublishedTrades.State.WAITING);
    }

    @Test
    void withoutAFeedNothingIsPublished() {
        assertThat(stateOf(new UnpublishedTrades(store, false), trades.get(0))).isEqualTo(UnpublishedTrades.State.NONE);
    }
}
