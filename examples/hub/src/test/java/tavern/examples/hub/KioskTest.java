package tavern.examples.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.Reply;
import tavern.protocol.v1.ErrorCode;
import tavern.testkit.Answer;
import tavern.testkit.GameTest;
import tavern.testkit.Moves;
import tavern.testkit.Purity;

/** A game that calls a service, with the service that the test kit has for it. */
final class KioskTest {
    private static final StringValue ORDER = StringValue.of("large");

    private final GameTest<Int64Value, StringValue, StringValue> t = GameTest.of(KioskGame.TYPE, StringValue.parser())
            .players("ann", "ben")
            .always((orders, goods) ->
                    assertThat(goods.of().apply(KioskGame.TILL).count("coupon")).isEqualTo(orders.getValue()));

    KioskTest() {
        t.grant("ann", "coupon", 2);
    }

    @Test
    void aHatIsHandedOverWhenItIsPaid() {
        t.service("payments").replies(StringValue.of("paid"));

        t.says("ann", ORDER);

        assertThat(t.goods("ann").owns("hat")).isTrue();
        assertThat(t.board("hats")).containsExactly(Map.entry("ann", 1L));
        assertThat(t.service("payments").requests("hat:1"))
                .containsExactly(StringValue.of("ann").toByteString());
    }

    @Test
    void whoCannotPayGetsTheCouponBack() {
        t.service("payments").fails(Reply.Cause.REFUSED);

        t.says("ann", ORDER);

        assertThat(t.goods("ann").owns("hat")).isFalse();
        assertThat(t.goods("ann").count("coupon")).isEqualTo(2);
    }

    @Test
    void anOrderOutlivesACrashAndItsBuyersLeaving() {
        t.service("payments").silent();
        t.says("ann", ORDER);

        t.crash();
        assertThat(t.service("payments").requests("hat:1")).hasSize(2);
        t.service("payments").replies(StringValue.of("paid"));

        assertThat(t.goods("ann").items()).hasSize(1);
        assertThat(t.state().getValue()).isZero();
    }

    @Test
    void anOrderWhoseFateIsUnknownStaysOpen() {
        t.service("payments").fails(Reply.Cause.TIMED_OUT);

        t.says("ann", ORDER);

        assertThat(t.state().getValue()).isEqualTo(1);
        assertThat(t.goods("ann").count("coupon")).isEqualTo(1);
    }

    @Test
    void aServiceThatTheTestDoesNotSetUpIsNotConfigured() {
        t.says("ann", ORDER);
        assertThat(t.goods("ann").count("coupon")).isEqualTo(2);
        t.says("ben", ORDER);
        assertThat(t.answer("ben")).extracting(Answer::code).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
        assertThat(t.service("payments").requests("hat:2")).isEmpty();
    }

    @Test
    void everythingHoldsInAStorm() {
        t.storm(20_000, 7, new Moves<>() {
            @Override
            public StringValue next(RandomGenerator random, Player who, Int64Value orders) {
                return ORDER;
            }

            @Override
            public Goods grant(RandomGenerator random, Player who) {
                return Goods.of("coupon", 20);
            }

            @Override
            public Reply reply(RandomGenerator random, String service, String call, ByteString request) {
                return random.nextInt(3) == 0
                        ? new Reply.Failed(Reply.Cause.REFUSED, "")
                        : new Reply.Ok(ByteString.EMPTY);
            }
        });
    }

    @Test
    void itIsPure() {
        Purity.check(KioskGame.class);
    }
}
