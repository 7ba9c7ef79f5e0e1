package tavern.server.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class KindCountsTest {
    @Test
    void countsAreThoseThatWereWrittenLastAndEachChangeIsTakenOnce() throws Exception {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            String which = "seed " + seed;
            KindCounts counts = new KindCounts();
            Map<String, Long> expected = new HashMap<>();
            Map<String, Long> changed = new HashMap<>();
            int kinds = 1 + random.nextInt(60);
            for (int i = 0; i < 500; i++) {
                String kind = "kind-" + random.nextInt(kinds);
                long count = random.nextInt(100);
                if (!expected.containsKey(kind) && random.nextBoolean()) {
                    counts.know(kind, count);
                } else {
                    counts.change(kind, count);
                    changed.put(kind, count);
                }
                expected.put(kind, count);
                if (random.nextInt(20) == 0) {
                    Map<String, Long> taken = new HashMap<>();
                    counts.takeChanged((each, value) ->
                            assertThat(taken.put(each, value)).as(which).isNull());
                    assertThat(taken).as(which).isEqualTo(changed);
                    changed.clear();
                }
            }
            assertThat(counts.size()).as(which).isEqualTo(expected.size());
            expected.forEach(
                    (kind, count) -> assertThat(counts.get(kind)).as(which).isEqualTo(count));
            assertThat(counts.get("none")).as(which).isEqualTo(KindCounts.UNKNOWN);
        }
    }
}
