package tavern.examples.cards;

import tavern.examples.cards.v1.CardSeat;
import tavern.examples.cards.v1.CardTable;
import tavern.examples.cards.v1.CardsIn;
import tavern.examples.cards.v1.CardsOut;
import tavern.examples.cards.v1.CardsView;
import tavern.game.Game;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.Turn;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;

/** What the table hears and shows. What happens on it is in {@link CardMatch}. */
final class Cards implements Game<CardTable, CardsIn, CardsOut> {
    @Override
    public CardTable open(Opening opening) {
        long stake = Long.parseLong(opening.settings().getOrDefault("stake", "10"));
        return CardTable.newBuilder().setStake(stake).build();
    }

    @Override
    public CardTable on(CardTable table, Player from, CardsIn message, Turn<CardsOut> turn) {
        CardMatch match = new CardMatch(table, turn);
        switch (message.getSayCase()) {
            case DEAL -> match.dealFor(from);
            case PLAY -> match.play(from, message.getPlay());
            case SAY_NOT_SET -> throw turn.refuse(ErrorCode.UNSUPPORTED, "this game does not know that message");
        }
        return match.table();
    }

    @Override
    public CardTable due(CardTable table, String timer, Turn<CardsOut> turn) {
        CardMatch match = new CardMatch(table, turn);
        switch (timer) {
            case CardMatch.DEAL -> match.deal();
            case CardMatch.THINK -> match.playForNext();
            default -> match.forfeit(Long.parseLong(timer.substring(CardMatch.AWAY.length())));
        }
        return match.table();
    }

    @Override
    public CardTable joined(CardTable table, Player who, Turn<CardsOut> turn) {
        CardMatch match = new CardMatch(table, turn);
        match.back(who);
        return match.table();
    }

    @Override
    public CardTable left(CardTable table, Player who, Turn<CardsOut> turn) {
        new CardMatch(table, turn).away(who);
        return table;
    }

    @Override
    public CardsOut view(CardTable table, Viewer viewer) {
        return view(table, viewer.player());
    }

    /** The table, and of the hands only one's own. */
    static CardsOut view(CardTable table, Player who) {
        CardsView.Builder view = CardsView.newBuilder().setPot(table.getPot());
        for (CardSeat seat : table.getSeatsList()) {
            view.addSeats(CardsView.Seat.newBuilder()
                    .setName(seat.getName())
                    .setCards(seat.getHandCount())
                    .setPlayed(seat.getPlayed())
                    .setRoundsWon(seat.getRoundsWon()));
            if (seat.getPlayer() == who.id().value()) {
                view.addAllHand(seat.getHandList());
            }
            if (seat.getPlayer() == table.getNext()) {
                view.setNext(seat.getName());
            }
        }
        return CardsOut.newBuilder().setView(view).build();
    }
}
