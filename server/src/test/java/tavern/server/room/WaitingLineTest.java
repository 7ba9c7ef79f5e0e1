package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

final class WaitingLineTest {
    private final WaitingLine<String> line = new WaitingLine<>();
    private final List<String> heard = new ArrayList<>();

    private void join(String name) {
        line.join().whenComplete((value, failure) -> heard.add(name + " " + (failure == null ? value : "failed")));
    }

    @Test
    void allHearInTheOrderInWhichTheyCame() {
        join("ann");
        join("ben");
        line.join().thenRun(() -> join("late"));
        join("carl");
        line.complete("open");
        join("dora");
        assertThat(heard).containsExactly("ann open", "ben open", "carl open", "late open", "dora open");
    }

    @Test
    void aFailureIsHeardInTheSameWay() {
        join("ann");
        join("ben");
        line.fail(new CompletionException("gone", null));
        join("carl");
        assertThat(heard).containsExactly("ann failed", "ben failed", "carl failed");
    }
}
