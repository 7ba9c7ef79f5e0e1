package tavern.examples.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.testkit.Answer;
import tavern.testkit.GameTest;
import tavern.testkit.KeptGoods;
import tavern.testkit.Moves;

/** A game that has to know what players have who are not in the room. */
final class GiftTest {
    private final GameTest<Int64Value, StringValue, StringValue> t = GameTest.of(GiftGame.TYPE, StringValue.parser())
            .players("ann", "ben")
            .always((sent, goods) -> {
                KeptGoods anns = goods.of().apply(new PlayerId(1));
                KeptGoods bens = goods.of().apply(new PlayerId(2));
                assertThat(List.of(anns.items().size(), bens.items().size())).allMatch(roses -> roses <= 1);
            });

    private @Nullable ErrorCode answerToAnn() {
        Answer answer = t.answer("ann");
        return answer == null ? null : answer.code();
    }

    @Test
    void whoIsNotThereGetsOneRose() {
        t.grant("ann", "gold", 20);
        t.leaves("ben");

        t.says("ann", StringValue.of("ben"));
        assertThat(t.goods("ben").owns("rose")).isTrue();
        t.says("ann", StringValue.of("ben"));
        assertThat(answerToAnn()).isEqualTo(ErrorCode.NOT_ALLOWED);
        t.says("ann", StringValue.of("nobody"));
        assertThat(answerToAnn()).isEqualTo(ErrorCode.BAD_VALUE);
        t.says("ann", StringValue.of("no name"));
        assertThat(answerToAnn()).isEqualTo(ErrorCode.BAD_VALUE);
        assertThat(t.goods("ann").count("gold")).isEqualTo(15);
    }

    @Test
    void whatHasChangedMeanwhileIsReadAgain() {
        t.grant("ann", "gold", 20);
        t.leaves("ben");
        t.store().silentFor(1);
        t.says("ann", StringValue.of("ben"));
        t.grant("ben", "gold", 1); // after he was read, and before the commit
        assertThat(t.goods("ben").owns("rose")).isTrue();
        assertThat(t.goods("ann").count("gold")).isEqualTo(15);
    }

    @Test
    void nobodyHasTwoRosesInAStorm() {
        t.storm(20_000, 7, new Moves<>() {
            @Override
            public StringValue next(RandomGenerator random, Player who, Int64Value sent) {
                return StringValue.of(List.of("ann", "ben", "nobody").get(random.nextInt(3)));
            }

            @Override
            public Goods grant(RandomGenerator random, Player who) {
                return Goods.of("gold", 20);
            }
        });
    }
}
