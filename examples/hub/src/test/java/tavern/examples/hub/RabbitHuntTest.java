package tavern.examples.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import com.google.protobuf.UInt32Value;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tavern.game.Scene;
import tavern.testkit.GameTest;
import tavern.testkit.Purity;

final class RabbitHuntTest {
    private static final Duration TICK = Duration.ofMillis(50);

    private final GameTest<UInt32Value, StringValue, StringValue> t = GameTest.of(RabbitHunt.HUNT, StringValue.parser())
            .seed(7)
            .always((caught, goods) ->
                    assertThat(goods.total().applyAsLong("rabbit")).isLessThanOrEqualTo(caught.getValue()))
            .players("ann", "ben");

    /** One that may be reached from this side of the fence; 0 for none. */
    private int rabbit() {
        int[] west = new int[1];
        t.scene().each(RabbitHunt.RABBIT, rabbit -> west[0] = t.scene().x(rabbit) < 1_500 ? rabbit : west[0]);
        return west[0];
    }

    @Test
    void whoReachesARabbitKeepsIt() {
        t.passes(TICK);
        Scene scene = t.scene();
        int rabbit = rabbit();

        assertThat(t.moves("ann", scene.x(rabbit) + 5, scene.y(rabbit))).isTrue();
        t.passes(TICK);

        assertThat(scene.has(rabbit)).isFalse();
        assertThat(t.goods("ann").count("rabbit")).isPositive();
        assertThat(t.told("ben")).contains(StringValue.of("1 were caught here"));
        assertThat(t.hinted("ben")).contains(StringValue.of("a squeak"));
    }

    @Test
    void aRabbitThatSeesSomebodyRuns() {
        t.passes(TICK);
        Scene scene = t.scene();
        int rabbit = rabbit();
        int x = scene.x(rabbit);
        int y = scene.y(rabbit);
        assertThat(t.moves("ann", x, y < 100 ? y + 100 : y - 100)).isTrue();
        t.passes(TICK);

        assertThat(scene.get(rabbit, RabbitHunt.FEAR)).isPositive();
        t.passes(Duration.ofSeconds(1));
        assertThat(Math.abs(scene.x(rabbit) - x) + Math.abs(scene.y(rabbit) - y))
                .isPositive();
    }

    @Test
    void nobodyPassesTheFence() {
        assertThat(t.moves("ann", 1_601, 500)).isFalse();
        assertThat(t.moves("ann", 1_600, 500)).isTrue();
    }

    @Test
    void whatIsKeptSurvivesACrashAndTheSceneIsMadeAnew() {
        t.passes(TICK);
        t.moves("ann", t.scene().x(rabbit()), t.scene().y(rabbit()));
        t.passes(TICK);
        long caught = t.state().getValue();

        t.crash();
        t.joins("ben");
        assertThat(t.scene().count(RabbitHunt.RABBIT)).isZero();
        t.passes(TICK);

        assertThat(t.state().getValue()).isEqualTo((int) caught).isPositive();
        assertThat(t.goods("ann").count("rabbit")).isEqualTo(caught);
        assertThat(t.scene().count(RabbitHunt.RABBIT)).isEqualTo(20);
    }

    @Test
    void everythingHoldsInAStorm() {
        t.storm(20_000, 7, (random, who, caught) -> StringValue.of("hello"));
    }

    @Test
    void theRulesDependOnNothingElse() {
        Purity.check(RabbitHunt.class);
    }
}
