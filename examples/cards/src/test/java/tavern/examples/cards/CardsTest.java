package tavern.examples.cards;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.examples.cards.v1.CardRecord;
import tavern.examples.cards.v1.CardSeat;
import tavern.examples.cards.v1.CardTable;
import tavern.examples.cards.v1.CardsIn;
import tavern.examples.cards.v1.CardsOut;
import tavern.examples.cards.v1.CardsOut.SayCase;
import tavern.game.Goods;
import tavern.game.NamedAccount;
import tavern.game.Player;
import tavern.protocol.v1.ErrorCode;
import tavern.testkit.GameRecording;
import tavern.testkit.GameTest;
import tavern.testkit.Moves;
import tavern.testkit.Purity;

final class CardsTest {
    private static final CardsIn DEAL = CardsIn.newBuilder().setDeal(true).build();
    private static final NamedAccount POT = new NamedAccount("pot:room");

    private final GameTest<CardTable, CardsIn, CardsOut> t = GameTest.of(CardsModule.CARDS, CardsOut.parser())
            .seed(7)
            .always((table, goods) ->
                    assertThat(goods.of().apply(POT).count("gold")).isEqualTo(table.getPot()))
            .players("ann", "ben");

    @BeforeEach
    void bothHaveGold() {
        t.grant("ann", "gold", 100);
        t.grant("ben", "gold", 100);
    }

    @Test
    void theWinnerGetsWhatBothHavePaid() {
        t.says("ann", DEAL);
        assertThat(gold()).containsExactly(90L, 90L);

        playToTheEnd();

        assertThat(gold()).containsExactlyInAnyOrder(90L, 110L);
        assertThat(t.told("ann")).last().matches(CardsOut::hasOver);
    }

    @Test
    void theWinnersRecordIsKept() {
        t.says("ann", DEAL);
        playToTheEnd();
        String winner = t.told("ann").get(t.told("ann").size() - 1).getOver().getWinner();

        assertThat(t.goods(winner).value(CardMatch.RECORD))
                .isEqualTo(CardRecord.newBuilder().setMatchesWon(1).build().toByteString());
    }

    @Test
    void nobodySeesTheCardsOfAnother() {
        t.says("ann", DEAL);

        CardSeat ben = t.state().getSeats(1);
        assertThat(t.view("ben").getView().getHandList()).isEqualTo(ben.getHandList());
        assertThat(t.view("ann").getView().getHandList()).hasSize(5).doesNotContainAnyElementsOf(ben.getHandList());
        assertThat(t.told("ann"))
                .filteredOn(CardsOut::hasView)
                .allSatisfy(told -> assertThat(told.getView().getHandList())
                        .isEqualTo(t.state().getSeats(0).getHandList()));
    }

    @Test
    void onlyWhoIsNextPlaysAndOnlyOwnCards() {
        t.says("ann", DEAL);
        int ofBen = t.state().getSeats(1).getHand(0);

        t.says("ben", play(ofBen));
        assertThat(code("ben")).isEqualTo(ErrorCode.NOT_ALLOWED);
        t.says("ann", play(ofBen));
        assertThat(code("ann")).isEqualTo(ErrorCode.BAD_VALUE);
        t.says("ann", CardsIn.getDefaultInstance());
        assertThat(code("ann")).isEqualTo(ErrorCode.UNSUPPORTED);
        t.says("ann", DEAL);
        assertThat(code("ann")).isEqualTo(ErrorCode.NOT_ALLOWED);
        assertThat(t.state().getNext()).isEqualTo(t.state().getSeats(0).getPlayer());
    }

    @Test
    void theHighestCardTakesTheRoundAndItsPlayerBeginsTheNext() {
        t.says("ann", DEAL);
        CardTable before = t.state();
        t.says("ann", play(before.getSeats(0).getHand(0)));
        t.says("ben", play(before.getSeats(1).getHand(0)));

        boolean annWins = before.getSeats(0).getHand(0) > before.getSeats(1).getHand(0);
        String winner = annWins ? "ann" : "ben";
        assertThat(next()).isEqualTo(winner);
        assertThat(t.told("ben")).anyMatch(told -> told.getRoundWonBy().equals(winner));
    }

    @Test
    void theTablePlaysForWhoThinksTooLong() {
        t.says("ann", DEAL);

        t.passes(Duration.ofSeconds(20));

        assertThat(next()).isEqualTo("ben");
        assertThat(t.told("ben")).anyMatch(told -> told.getPlayed().getLate());
    }

    @Test
    void aCrashInTheMiddleOfAMatchLosesNothing() {
        t.says("ann", DEAL);
        t.says("ann", play(t.state().getSeats(0).getHand(0)));
        CardTable before = t.state();

        t.crash();
        t.joins("ben");
        t.joins("ann");

        assertThat(t.state()).isEqualTo(before);
        playToTheEnd();
        assertThat(gold()).containsExactlyInAnyOrder(90L, 110L);
    }

    @Test
    void whoStaysAwayForfeits() {
        t.says("ann", DEAL);
        t.leaves("ben");
        assertThat(t.told("ann")).last().extracting(CardsOut::getAway).isEqualTo("ben");

        t.passes(Duration.ofSeconds(60));

        assertThat(t.told("ann")).extracting(CardsOut::getSayCase).contains(SayCase.FORFEITED, SayCase.OVER);
        assertThat(gold()).containsExactly(110L, 90L);
    }

    @Test
    void whoComesBackInTimeForfeitsNothing() {
        t.says("ann", DEAL);
        t.leaves("ben");
        t.passes(Duration.ofSeconds(19));
        t.joins("ben");
        assertThat(t.told("ann")).last().extracting(CardsOut::getBack).isEqualTo("ben");

        t.passes(Duration.ofSeconds(50));

        assertThat(t.told("ann")).extracting(CardsOut::getSayCase).doesNotContain(SayCase.FORFEITED);
    }

    @Test
    void aMatchThatNobodyComesBackToStillHasAWinner() {
        t.says("ann", DEAL);
        t.crash();

        t.passes(Duration.ofSeconds(60));

        assertThat(gold()).containsExactlyInAnyOrder(90L, 110L);
        assertThat(t.state().getSeatsCount()).isZero();
    }

    @Test
    void theNextMatchBeginsByItself() {
        t.passes(Duration.ofSeconds(10));
        assertThat(t.state().getSeatsCount()).isEqualTo(2);
        playToTheEnd();
        t.passes(Duration.ofSeconds(9));
        assertThat(t.state().getSeatsCount()).isZero();

        t.passes(Duration.ofSeconds(1));

        assertThat(t.state().getSeatsCount()).isEqualTo(2);
    }

    @Test
    void whoHasTooLittleGoldDoesNotPlay() {
        t.joins("cleo");
        t.says("cleo", DEAL);
        assertThat(code("cleo")).isEqualTo(ErrorCode.NOT_ALLOWED);

        t.says("ann", DEAL);

        assertThat(t.state().getSeatsList()).extracting(CardSeat::getName).containsExactly("ann", "ben");
    }

    @Test
    void nothingIsDealtWhenSomebodysGoldIsGone() {
        t.store().refuseNext(); // somebody else has just taken it
        t.says("ann", DEAL);

        assertThat(code("ann")).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
        assertThat(t.state().getSeatsList()).isEmpty();
        assertThat(t.told("ben")).noneMatch(told -> told.getView().getSeatsCount() > 0);
    }

    @Test
    void aRecordedMatchIsPlayedTheSameAgain(@TempDir Path folder) {
        Path file = folder.resolve("match.recording");
        t.says("ann", DEAL);
        playToTheEnd();
        t.recording().save(file);

        assertThat(GameRecording.of(file).replay(CardsModule.CARDS)).isGreaterThan(5);
    }

    @Test
    void everythingHoldsInAStorm() {
        t.players("cleo", "dan");
        t.storm(100_000, 7, new AnyMoves());
    }

    /** Also what is not allowed: the cards of others. */
    private static final class AnyMoves implements Moves<CardTable, CardsIn> {
        @Override
        public CardsIn next(RandomGenerator random, Player who, CardTable table) {
            if (table.getSeatsCount() == 0) {
                return DEAL;
            }
            CardSeat any = table.getSeats(random.nextInt(table.getSeatsCount()));
            return play(any.getHandCount() == 0 ? 99 : any.getHand(random.nextInt(any.getHandCount())));
        }

        @Override
        public Goods grant(RandomGenerator random, Player who) {
            return Goods.of("gold", 1 + random.nextInt(30));
        }
    }

    @Test
    void theRulesDependOnNothingElse() {
        Purity.check(Cards.class, CardMatch.class);
    }

    private void playToTheEnd() {
        while (t.state().getSeatsCount() > 0) {
            String next = next();
            t.says(next, play(t.view(next).getView().getHand(0)));
        }
    }

    private String next() {
        return t.view("ann").getView().getNext();
    }

    private List<Long> gold() {
        return List.of(t.goods("ann").count("gold"), t.goods("ben").count("gold"));
    }

    private ErrorCode code(String name) {
        return Objects.requireNonNull(t.answer(name), "no answer yet").code();
    }

    private static CardsIn play(int card) {
        return CardsIn.newBuilder().setPlay(card).build();
    }
}
