package tavern.server.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tavern.server.store.TransactionDraft;
import tavern.server.store.TransactionId;

final class RememberedIdsTest {
    private static final long NOW = 1_700_000_000_000L;

    private static TransactionId id(long millis, int number) {
        return TransactionId.dated("trade", "7", TransactionDraft.uuidOf(millis, number));
    }

    @Test
    void nothingIsKnownToBeNewBeforeItBegins() {
        RememberedIds ids = new RememberedIds();
        assertThat(ids.isNew(id(NOW, 1))).isFalse();
        ids.begin(NOW);
        assertThat(ids.isNew(id(NOW, 1)))
                .as("made when the newest known one was")
                .isFalse();
        assertThat(ids.isNew(id(NOW + 1, 1))).isTrue();
        assertThat(ids.isNew(TransactionId.undated("grant:1"))).isFalse();
    }

    @Test
    void anIdThatWasRememberedIsNeverNewHoweverManyFollow() {
        Random random = new Random(7);
        RememberedIds ids = new RememberedIds(1_000);
        ids.begin(NOW);
        List<TransactionId> added = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            // Some clocks are behind or ahead.
            TransactionId id = id(NOW + i + random.nextInt(2_000) - 1_000, i);
            ids.add(id);
            added.add(id);
            assertThat(ids.isNew(id)).isFalse();
            assertThat(ids.isNew(added.get(random.nextInt(added.size())))).isFalse();
        }
        assertThat(added).noneMatch(ids::isNew);
    }

    @Test
    void nearlyAllOthersAreNew() {
        RememberedIds ids = new RememberedIds(1_000);
        ids.begin(NOW);
        for (int i = 0; i < 10_000; i++) {
            ids.add(id(NOW + i, i));
        }
        int found = 0;
        for (int i = 10_000; i < 20_000; i++) {
            found += ids.isNew(id(NOW + 10_000, i)) ? 1 : 0;
        }
        assertThat(found).isGreaterThan(9_600);
        assertThat(ids.isNew(id(NOW + 1_000, 30_000)))
                .as("made when ids were that are not kept any more")
                .isFalse();
    }
}
