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
import tavern.server.game.Goods;
import tavern.server.game.Player;
import tavern.server.game.SettledTrade;
import tavern.server.store.OutboxRow;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;

/** What is said of a trade's publication while more waits in the outbox than is looked through. */
final class PublicationsTest {
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

    private static Publications.State stateOf(Publications publications, String trade) {
        return publications.of(trade, Realm.await(publications.waiting(List.of(trade))));
    }

    @Test
    void aTradeBehindMoreThanIsLookedThroughIsNotKnownUntilFewerWait() {
        Publications publications = new Publications(store, true);
        String first = trades.get(0);
        String last = trades.get(trades.size() - 1);
        assertThat(stateOf(publications, first)).isEqualTo(Publications.State.WAITING);
        assertThat(stateOf(publications, last)).isEqualTo(Publications.State.UNKNOWN);

        List<Long> oldest = Realm.await(store.outbox(0, 3)).stream()
                .map(OutboxRow::sequence)
                .toList();
        Realm.await(store.removeOutbox(oldest));
        assertThat(stateOf(publications, first)).isEqualTo(Publications.State.PUBLISHED);
        assertThat(stateOf(publications, last)).isEqualTo(Publications.State.WAITING);
    }

    @Test
    void withoutAFeedNothingIsPublished() {
        assertThat(stateOf(new Publications(store, false), trades.get(0))).isEqualTo(Publications.State.NONE);
    }
}
