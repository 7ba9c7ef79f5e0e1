package tavern.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** P-119. */
final class CanaryTest {
    private static final int ROOMS = 10_000;

    private static long share(Canary order) {
        return IntStream.range(0, ROOMS).filter(i -> order.takes("room-" + i)).count();
    }

    @Test
    void theShareOfRoomsIsTheOneThatWasOrdered() {
        assertThat(share(new Canary("2.0", 0, 1))).isZero();
        assertThat(share(new Canary("2.0", 10, 1))).isBetween(900L, 1_100L);
        assertThat(share(new Canary("2.0", 50, 1))).isBetween(4_800L, 5_200L);
        assertThat(share(new Canary("2.0", 100, 1))).isEqualTo(ROOMS);
    }

    @Test
    void aLargerShareKeepsTheRoomsOfASmallerOne() {
        Canary small = new Canary("2.0", 10, 1);
        Canary large = new Canary("2.0", 30, 2);
        assertThat(IntStream.range(0, ROOMS).mapToObj(i -> "room-" + i).filter(small::takes))
                .allMatch(large::takes);
    }

    @Test
    void roomsGoWhereTheyBelongUnlessThereIsNoSuchServer() {
        NodeReport old = LeastLoadedTest.node("old", 1, "1.0");
        NodeReport young = LeastLoadedTest.node("young", 1, "2.0 beta");
        Canary all = new Canary("2.0 beta", 100, 1);
        Canary none = new Canary("2.0 beta", 0, 1);
        assertThat(Canary.fitting(all, "hall", List.of(old, young), Function.identity()))
                .containsExactly(young);
        assertThat(Canary.fitting(none, "hall", List.of(old, young), Function.identity()))
                .containsExactly(old);
        assertThat(Canary.fitting(all, "hall", List.of(old), Function.identity()))
                .containsExactly(old);
        assertThat(Canary.fitting(null, "hall", List.of(old, young), Function.identity()))
                .containsExactly(old, young);
    }

    @Test
    void anOrderIsReadAsItWasWritten() {
        Canary order = new Canary("2.0 beta/ü", 7, 1_234);
        assertThat(Canary.parse(order.text() + " of-tomorrow")).isEqualTo(order);
        assertThat(Canary.parse("")).isNull();
        for (String text : List.of("not ours", "x 1 2.0", "101 1 2.0", "10 1 ")) {
            assertThatThrownBy(() -> Canary.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
