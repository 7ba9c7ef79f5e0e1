package tavern.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tavern.game.PlayerId;
import tavern.server.store.Erasure;

final class ErasureScansTest {
    private final List<CompletableFuture<String>> begun = new ArrayList<>();
    private final ErasureScans scans = new ErasureScans(erasure -> {
        CompletableFuture<String> scan = new CompletableFuture<>();
        begun.add(scan);
        return scan;
    });
    private final Erasure ann = Erasure.of(new PlayerId(1), "ann");
    private final Erasure bob = Erasure.of(new PlayerId(2), "bob");

    @Test
    void aRepeatJoinsTheSearchUnderWayAndGetsItsResultLater() {
        var first = scans.join(ann).toCompletableFuture();
        var repeat = scans.join(ann).toCompletableFuture();
        var another = scans.join(Erasure.of(ann.player(), "ann")).toCompletableFuture();
        assertThat(begun).hasSize(1);
        begun.get(0).complete("done");
        assertThat(first).isCompletedWithValue("done");
        assertThat(repeat).isCompletedWithValue("done");
        assertThat(another).isCompletedWithValue("done");
        assertThat(scans.join(ann).toCompletableFuture()).isCompletedWithValue("done");
        assertThat(begun).hasSize(1);
    }

    @Test
    void aSearchForAnotherPlayerWaitsForTheOneUnderWay() {
        scans.join(ann);
        var second = scans.join(bob).toCompletableFuture();
        assertThat(begun).hasSize(1);
        begun.get(0).completeExceptionally(new IllegalStateException("the store is away"));
        assertThat(begun).hasSize(2);
        begun.get(1).complete("bob is gone");
        assertThat(second).isCompletedWithValue("bob is gone");
    }

    @Test
    void aSearchThatFailedIsRepeatedAndSoIsOneThatIsOrderedAgain() {
        scans.join(ann);
        begun.get(0).completeExceptionally(new IllegalStateException("the store is away"));
        scans.join(ann);
        assertThat(begun).hasSize(2);
        begun.get(1).complete("done");
        scans.join(Erasure.of(ann.player(), "ann"));
        assertThat(begun).hasSize(3);
    }
}
