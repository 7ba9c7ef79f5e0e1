package tavern.examples.cards;

import static java.util.Comparator.comparing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import tavern.examples.cards.v1.CardPlayed;
import tavern.examples.cards.v1.CardRecord;
import tavern.examples.cards.v1.CardSeat;
import tavern.examples.cards.v1.CardTable;
import tavern.examples.cards.v1.CardsOut;
import tavern.examples.cards.v1.MatchOver;
import tavern.game.Goods;
import tavern.game.NamedAccount;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Turn;
import tavern.protocol.v1.ErrorCode;

/** One turn of a match: the table's next state in the making. Who takes most rounds gets the pot. */
final class CardMatch {
    static final String DEAL = "deal";
    static final String THINK = "think";
    /** Followed by the player's id. */
    static final String AWAY = "away:";

    static final String RECORD = "cards:record";
    static final String GOLD = "gold";
    private static final int PLAYERS_MAX = 4;
    private static final int HAND_CARDS = 5;
    private static final int DECK_CARDS = 52;
    private static final long PAUSE_MILLIS = Duration.ofSeconds(10).toMillis();
    private static final long THINK_MILLIS = Duration.ofSeconds(20).toMillis();
    private static final long AWAY_MILLIS = Duration.ofSeconds(60).toMillis();

    private final CardTable.Builder table;
    private final Turn<CardsOut> turn;
    private final NamedAccount pot;

    CardMatch(CardTable table, Turn<CardsOut> turn) {
        this.table = table.toBuilder();
        this.turn = turn;
        pot = new NamedAccount("pot:" + turn.room());
    }

    CardTable table() {
        return table.build();
    }

    private boolean isUnderWay() {
        return table.getSeatsCount() > 0;
    }

    void dealFor(Player from) {
        if (isUnderWay()) {
            throw turn.refuse(ErrorCode.NOT_ALLOWED, "the match is not over");
        }
        deal();
        if (seatOf(from.id().value()) < 0) {
            throw turn.refuse(ErrorCode.NOT_ALLOWED, "needs you and one more who has " + table.getStake() + " gold");
        }
    }

    /** Begins a match of those who can pay, in the order of their coming, if they are two at least. */
    void deal() {
        turn.stop(DEAL);
        List<Player> players = turn.present().stream()
                .filter(player -> turn.count(player.id(), GOLD) >= table.getStake())
                .limit(PLAYERS_MAX)
                .toList();
        if (isUnderWay() || players.size() < 2) {
            return;
        }
        List<Integer> deck = shuffledDeck();
        for (Player player : players) {
            List<Integer> hand =
                    deck.subList(HAND_CARDS * table.getSeatsCount(), HAND_CARDS * (table.getSeatsCount() + 1));
            turn.move(player.id(), pot, Goods.of(GOLD, table.getStake()));
            table.addSeats(CardSeat.newBuilder()
                    .setPlayer(player.id().value())
                    .setName(player.name())
                    .addAllHand(hand));
        }
        table.setPot(table.getStake() * players.size()).setRound(1);
        next(0);
        showTable();
    }

    private List<Integer> shuffledDeck() {
        List<Integer> deck = new ArrayList<>();
        for (int card = 1; card <= DECK_CARDS; card++) {
            deck.add(turn.random().nextInt(deck.size() + 1), card);
        }
        return deck;
    }

    /** Everybody sees the table with the own hand only. */
    private void showTable() {
        for (Player player : turn.present()) {
            turn.tell(player, Cards.view(table(), player));
        }
    }

    void play(Player from, int card) {
        int at = seatOf(from.id().value());
        if (at < 0 || table.getNext() != from.id().value()) {
            throw turn.refuse(ErrorCode.NOT_ALLOWED, "it is not your turn");
        }
        if (!table.getSeats(at).getHandList().contains(card)) {
            throw turn.refuse(ErrorCode.BAD_VALUE, "you do not have that card");
        }
        lay(at, card, false);
    }

    /** Who thinks for too long plays the newest card in the hand. */
    void playForNext() {
        int at = seatOf(table.getNext());
        CardSeat seat = table.getSeats(at);
        lay(at, seat.getHand(seat.getHandCount() - 1), true);
    }

    private void lay(int at, int card, boolean late) {
        CardSeat.Builder seat = table.getSeatsBuilder(at).setPlayed(card);
        List<Integer> hand = new ArrayList<>(seat.getHandList());
        hand.remove((Integer) card);
        seat.clearHand().addAllHand(hand);
        CardPlayed played = CardPlayed.newBuilder()
                .setName(seat.getName())
                .setCard(card)
                .setLate(late)
                .build();
        tell(CardsOut.newBuilder().setPlayed(played));
        goOn(at);
    }

    /** The next one from this seat on who has not played in this round. */
    private void goOn(int from) {
        int seats = table.getSeatsCount();
        IntStream.range(from, from + seats)
                .map(at -> at % seats)
                .filter(at -> table.getSeats(at).getPlayed() == 0)
                .findFirst()
                .ifPresentOrElse(this::next, this::endRound);
    }

    private void next(int at) {
        table.setNext(table.getSeats(at).getPlayer());
        tell(CardsOut.newBuilder().setNext(table.getSeats(at).getName()));
        turn.timer(THINK, turn.now() + THINK_MILLIS);
    }

    private void endRound() {
        int winner = best(comparing(CardSeat::getPlayed));
        CardSeat.Builder seat = table.getSeatsBuilder(winner);
        seat.setRoundsWon(seat.getRoundsWon() + 1).setLastWon(table.getRound());
        tell(CardsOut.newBuilder().setRoundWonBy(seat.getName()));
        table.getSeatsBuilderList().forEach(CardSeat.Builder::clearPlayed);
        if (seat.getHandCount() == 0) {
            finish();
        } else {
            table.setRound(table.getRound() + 1);
            next(winner);
        }
    }

    private void finish() {
        CardSeat winner = table.getSeats(best(comparing(CardSeat::getRoundsWon).thenComparing(CardSeat::getLastWon)));
        MatchOver over = MatchOver.newBuilder()
                .setWinner(winner.getName())
                .setPrize(table.getPot())
                .build();
        turn.move(pot, new PlayerId(winner.getPlayer()), Goods.of(GOLD, table.getPot()));
        tell(CardsOut.newBuilder().setOver(over));
        turn.publish("match-over", over);
        remember(new Player(new PlayerId(winner.getPlayer()), winner.getName()));
        table.clearSeats().clearPot().clearNext();
        turn.stop(THINK);
        turn.timer(DEAL, turn.now() + PAUSE_MILLIS);
    }

    private void remember(Player winner) {
        if (turn.present().contains(winner)) { // a winner who is away gets the gold; values are of who is here
            CardRecord record = turn.kept(winner.id(), RECORD).read(CardRecord.parser());
            int won = record.getMatchesWon() + 1;
            turn.put(winner.id(), RECORD, record.toBuilder().setMatchesWon(won).build());
        }
    }

    void away(Player who) {
        if (seatOf(who.id().value()) >= 0) {
            turn.timer(AWAY + who.id(), turn.now() + AWAY_MILLIS);
            tell(CardsOut.newBuilder().setAway(who.name()));
        }
    }

    void back(Player who) {
        turn.stop(AWAY + who.id());
        if (seatOf(who.id().value()) >= 0) {
            turn.tellExcept(who, CardsOut.newBuilder().setBack(who.name()).build());
        } else if (!isUnderWay() && turn.present().size() == 2) {
            turn.timer(DEAL, turn.now() + PAUSE_MILLIS);
        }
    }

    /** Has been away for too long. Who is left alone wins. */
    void forfeit(long id) {
        int at = seatOf(id);
        if (at < 0) {
            return; // that match is over
        }
        String name = table.getSeats(at).getName();
        tell(CardsOut.newBuilder().setForfeited(name));
        table.removeSeats(at);
        if (table.getSeatsCount() == 1) {
            finish();
        } else if (table.getNext() == id) {
            goOn(at);
        }
    }

    private void tell(CardsOut.Builder what) {
        turn.tellAll(what.build());
    }

    private int best(Comparator<CardSeat> by) {
        return IntStream.range(0, table.getSeatsCount())
                .boxed()
                .max(comparing(table::getSeats, by))
                .orElseThrow();
    }

    private int seatOf(long player) {
        return IntStream.range(0, table.getSeatsCount())
                .filter(at -> table.getSeats(at).getPlayer() == player)
                .findFirst()
                .orElse(-1);
    }
}
