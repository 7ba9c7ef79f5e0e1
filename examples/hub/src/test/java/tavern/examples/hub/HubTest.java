package tavern.examples.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tavern.examples.hub.v1.Announced;
import tavern.examples.hub.v1.GoTo;
import tavern.examples.hub.v1.HubIn;
import tavern.examples.hub.v1.HubOut;
import tavern.examples.hub.v1.HubState;
import tavern.examples.hub.v1.HubTicket;
import tavern.examples.hub.v1.StallGoods;
import tavern.examples.hub.v1.StallOffer;
import tavern.game.Goods;
import tavern.game.NamedAccount;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.testkit.Answer;
import tavern.testkit.GameTest;
import tavern.testkit.Invariant;
import tavern.testkit.Moves;
import tavern.testkit.Purity;

final class HubTest {
    private static final NamedAccount STALL_OF_ANN = new NamedAccount("stall:room:1");

    private final GameTest<HubState, HubIn, HubOut> t = GameTest.of(HubModule.HUB, HubOut.parser())
            .seed(7)
            .setting("hosted", "true")
            .setting("neighbours", "west,east,room")
            .setting("fee-percent", "10")
            .always(HubTest::stallsHaveWhatTheyOffer);

    private static void stallsHaveWhatTheyOffer(HubState hub, Invariant.All goods) {
        for (long owner = 1; owner <= 4; owner++) {
            long seller = owner;
            long offered = hub.getOffersList().stream()
                    .filter(offer -> offer.getOwner() == seller)
                    .mapToLong(offer -> offer.getGoods().getCount())
                    .sum();
            NamedAccount stall = new NamedAccount("stall:room:" + seller);
            assertThat(goods.of().apply(stall).count("ore")).isEqualTo(offered);
        }
    }

    @Test
    void aStallSellsWhileItsOwnerIsAway() {
        t.players("ann", "ben");
        t.grant("ann", "ore", 5);
        t.grant("ben", "gold", 100);
        t.says("ann", sell("ore", 5, 40));
        assertThat(t.goods("ann").count("ore")).isZero();
        assertThat(t.goods(STALL_OF_ANN).count("ore")).isEqualTo(5);
        t.leaves("ann");

        t.says("ben", buy(1));

        assertThat(t.goods("ben").count("ore")).isEqualTo(5);
        assertThat(t.goods("ben").count("gold")).isEqualTo(60);
        assertThat(t.goods("ann").count("gold")).as("the price less a tenth").isEqualTo(36);
        assertThat(t.state().getOffersList()).isEmpty();
        assertThat(t.told("ben"))
                .last()
                .extracting(told -> told.getGone().getBuyer())
                .isEqualTo("ben");
    }

    @Test
    void anOfferGoesToExactlyOneBuyer() {
        t.players("ann", "ben", "cleo");
        t.grant("ann", "ore", 5);
        t.grant("ben", "gold", 100);
        t.grant("cleo", "gold", 100);
        t.says("ann", sell("ore", 5, 40));
        t.store().silentFor(2); // so that both turns are under way
        t.says("ben", buy(1));
        t.says("cleo", buy(1));
        t.passes(Duration.ofSeconds(1));

        assertThat(t.answer("ben")).matches(Answer::isDone);
        assertThat(code("cleo")).isEqualTo(ErrorCode.TRADE_NOT_FOUND);
        assertThat(t.goods("cleo").count("gold")).isEqualTo(100);
    }

    @Test
    void whenTheFirstBuyersGoldIsGoneTheSecondGetsIt() {
        t.players("ann", "ben", "cleo");
        t.grant("ann", "ore", 5);
        t.grant("ben", "gold", 100);
        t.grant("cleo", "gold", 100);
        t.says("ann", sell("ore", 5, 40));
        t.store().silentFor(2);
        t.store().refuseNext();
        t.says("ben", buy(1));
        t.says("cleo", buy(1));
        t.passes(Duration.ofSeconds(1));

        assertThat(code("ben")).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
        assertThat(t.answer("cleo")).matches(Answer::isDone);
        assertThat(t.goods("cleo").count("ore")).isEqualTo(5);
        assertThat(t.goods("ben").count("gold")).isEqualTo(100);
    }

    @Test
    void theOwnerTakesBackAndNobodyElse() {
        t.players("ann", "ben");
        t.grant("ann", "ore", 5);
        t.says("ann", sell("ore", 5, 40));
        t.says("ben", HubIn.newBuilder().setTakeBack(1).build());
        assertThat(code("ben")).isEqualTo(ErrorCode.NOT_ALLOWED);
        t.says("ann", buy(1));
        assertThat(code("ann")).isEqualTo(ErrorCode.TRADE_BAD_PARTNER);

        t.says("ann", HubIn.newBuilder().setTakeBack(1).build());

        assertThat(t.goods("ann").count("ore")).isEqualTo(5);
    }

    @Test
    void offersThatCannotBeAreRefused() {
        t.players("ann", "ben");
        t.grant("ann", "ore", 100);
        assertThat(refusal(sell("", 5, 40))).isEqualTo(ErrorCode.TRADE_BAD_GOODS);
        assertThat(refusal(sell("ore", -5, 40))).isEqualTo(ErrorCode.TRADE_BAD_GOODS);
        assertThat(refusal(sell("ore", 5, 0))).isEqualTo(ErrorCode.TRADE_BAD_AMOUNT);
        assertThat(refusal(sell("ore", 5, 1_000_000_001))).isEqualTo(ErrorCode.TRADE_BAD_AMOUNT);
        assertThat(refusal(sell("ore", 101, 40))).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
        assertThat(refusal(sellItem(12))).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
        for (int offer = 0; offer < 8; offer++) {
            t.says("ann", sell("ore", 1, 40));
        }
        assertThat(refusal(sell("ore", 1, 40))).isEqualTo(ErrorCode.TRADE_TOO_MANY);
        t.says("ben", buy(1));
        assertThat(code("ben")).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
    }

    @Test
    void whatAClientAddsToAnOfferIsNotKept() throws InvalidProtocolBufferException {
        t.players("ann");
        t.grant("ann", "ore", 1);
        byte[] unknownField = {(byte) 0xa2, 0x06, 0x03, 'x', 'x', 'x'};
        StallGoods goods =
                sell("ore", 1, 40).getSell().toBuilder().mergeFrom(unknownField).build();

        t.says("ann", HubIn.newBuilder().setSell(goods).build());

        assertThat(t.state().getOffersList()).extracting(StallOffer::getGoods).doesNotContain(goods);
    }

    @Test
    void aLockedHubAsksForAPasswordOrAnInvitation() {
        t.players("ann");
        t.says("ann", HubIn.newBuilder().setLock("sesame").build());
        t.says("ann", HubIn.newBuilder().setInvite("cleo").build());

        assertThat(t.joins("ben").code()).isEqualTo(ErrorCode.NOT_ALLOWED);
        assertThat(t.joins("ben", ByteString.copyFromUtf8("sesame")).code()).isEqualTo(ErrorCode.BAD_VALUE);
        assertThat(t.joins("ben", ticket("sesame", false)).isDone()).isTrue();
        assertThat(t.joins("cleo").isDone()).isTrue();
        assertThat(t.view("ben").getView().getLocked()).isTrue();
        assertThat(t.view("ben").toString()).doesNotContain("sesame");
    }

    @Test
    void theHostComesBackWithoutATicketAfterACrash() {
        t.players("ann");
        t.says("ann", HubIn.newBuilder().setLock("sesame").build());

        t.crash();

        assertThat(t.joins("ann").isDone()).isTrue();
        assertThat(t.joins("ben").isDone()).isFalse();
    }

    @Test
    void onlyTheHostLocksInvitesAndPutsOut() {
        t.players("ann", "ben");
        t.says("ben", HubIn.newBuilder().setLock("sesame").build());
        assertThat(code("ben")).isEqualTo(ErrorCode.NOT_ALLOWED);
        t.says("ben", HubIn.newBuilder().setInvite("cleo").build());
        assertThat(code("ben")).isEqualTo(ErrorCode.NOT_ALLOWED);
        t.says("ben", HubIn.newBuilder().setPutOut("ann").build());
        assertThat(code("ben")).isEqualTo(ErrorCode.NOT_ALLOWED);
        assertThat(refusal(HubIn.newBuilder().setInvite("../etc").build())).isEqualTo(ErrorCode.BAD_NAME);
        assertThat(refusal(HubIn.newBuilder().setPutOut("zoe").build())).isEqualTo(ErrorCode.NO_SUCH_PLAYER);

        t.says("ann", HubIn.newBuilder().setPutOut("ben").build());

        assertThat(t.isIn("ben")).isFalse();
        assertThat(t.isIn("ann")).isTrue();
    }

    @Test
    void spectatorsSeeAndAreTold() {
        t.players("ann");
        t.grant("ann", "ore", 1);
        t.joins("zoe", ticket("", true));

        t.says("ann", sell("ore", 1, 40));

        assertThat(t.told("zoe")).anyMatch(HubOut::hasOffered);
        t.says("zoe", buy(1));
        assertThat(code("zoe")).isEqualTo(ErrorCode.NOT_ALLOWED);
    }

    @Test
    void anAnnouncementIsHeardHereAndNextDoor() {
        t.players("ann", "ben");
        t.says("ann", HubIn.newBuilder().setAnnounce("ore is cheap").build());
        Announced heard = Announced.newBuilder()
                .setRoom("room")
                .setPlayer("ann")
                .setText("ore is cheap")
                .build();

        assertThat(t.told("ben")).last().extracting(HubOut::getAnnounced).isEqualTo(heard);
        assertThat(t.signalled("west")).containsExactly(heard.toByteString());
        assertThat(t.signalled("east")).containsExactly(heard.toByteString());
        assertThat(t.signalled("room")).isEmpty();
        t.says("ben", HubIn.newBuilder().setAnnounce("so it is").build());
        assertThat(code("ben")).isEqualTo(ErrorCode.RATE_LIMITED);
        t.passes(Duration.ofSeconds(10));
        t.says("ben", HubIn.newBuilder().setAnnounce("so it is").build());
        assertThat(t.answer("ben")).matches(Answer::isDone);

        t.signals("west", heard.toByteString());
        assertThat(t.told("ben")).last().extracting(HubOut::getAnnounced).isEqualTo(heard);
    }

    @Test
    void whoGoesIsSentThere() {
        t.players("ann");
        assertThat(refusal(go("no such/room"))).isEqualTo(ErrorCode.BAD_NAME);
        t.says("ann", go("west"));
        assertThat(t.sentTo("ann")).isEqualTo(new RoomId("west"));
    }

    @Test
    void everythingHoldsInAStorm() {
        t.players("ann", "ben", "cleo", "dan");
        t.storm(100_000, 7, new AnyMoves());
    }

    @Test
    void theRulesDependOnNothingElse() {
        Purity.check(Hub.class, Market.class);
    }

    private static final class AnyMoves implements Moves<HubState, HubIn> {
        @Override
        public HubIn next(RandomGenerator random, Player who, HubState hub) {
            List<StallOffer> offers = hub.getOffersList();
            long number = offers.isEmpty()
                    ? 1
                    : offers.get(random.nextInt(offers.size())).getNumber();
            return switch (random.nextInt(10)) {
                case 0 -> HubIn.newBuilder().setAnnounce("ore is cheap").build();
                case 1 -> HubIn.newBuilder().setTakeBack(number).build();
                case 2 ->
                    HubIn.newBuilder()
                            .setLock(random.nextBoolean() ? "" : "sesame")
                            .build();
                case 3 -> HubIn.newBuilder().setInvite("ben").build();
                case 4, 5, 6 -> sell("ore", 1 + random.nextInt(3), 1 + random.nextInt(20));
                default -> buy(number);
            };
        }

        @Override
        public ByteString ticket(RandomGenerator random, Player who) {
            return HubTest.ticket(random.nextBoolean() ? "" : "sesame", random.nextInt(4) == 0);
        }

        @Override
        public Goods grant(RandomGenerator random, Player who) {
            return Goods.of(random.nextBoolean() ? "gold" : "ore", 1 + random.nextInt(20));
        }

        @Override
        public ByteString signal(RandomGenerator random) {
            return Announced.newBuilder().setText("hello").build().toByteString();
        }
    }

    private ErrorCode refusal(HubIn message) {
        t.says("ann", message);
        return code("ann");
    }

    private ErrorCode code(String name) {
        return Objects.requireNonNull(t.answer(name), "no answer yet").code();
    }

    private static HubIn sell(String kind, long count, long price) {
        return HubIn.newBuilder()
                .setSell(StallGoods.newBuilder().setKind(kind).setCount(count).setPrice(price))
                .build();
    }

    private static HubIn sellItem(long item) {
        return HubIn.newBuilder()
                .setSell(StallGoods.newBuilder().setItem(item).setPrice(40))
                .build();
    }

    private static HubIn buy(long number) {
        return HubIn.newBuilder().setBuy(number).build();
    }

    private static HubIn go(String room) {
        return HubIn.newBuilder().setGo(GoTo.newBuilder().setRoom(room)).build();
    }

    private static ByteString ticket(String password, boolean watch) {
        return HubTicket.newBuilder()
                .setPassword(password)
                .setWatch(watch)
                .build()
                .toByteString();
    }
}
