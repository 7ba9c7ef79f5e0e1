package tavern.examples.cards.bots;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tavern.client.bots.BotPlayer;
import tavern.client.bots.BotSeat;
import tavern.examples.cards.v1.CardPlayed;
import tavern.examples.cards.v1.CardsIn;
import tavern.examples.cards.v1.CardsOut;
import tavern.examples.cards.v1.CardsView;

/** Plays any card when it is its turn, deals when there is no match, and sees to it that no card is played twice. */
final class CardsBot implements BotPlayer {
    private final BotSeat seat;
    private List<Integer> hand = new ArrayList<>();
    private final Set<Integer> played = new HashSet<>();
    private String next = "";
    private boolean mayDeal;

    CardsBot(BotSeat seat) {
        this.seat = seat;
    }

    @Override
    public void joined(ByteString view) {
        told(view);
    }

    @Override
    public void told(ByteString what) {
        CardsOut out;
        try {
            out = CardsOut.parseFrom(what);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not a message of the card game", e);
        }
        switch (out.getSayCase()) {
            case VIEW -> see(out.getView());
            case NEXT -> next = out.getNext();
            case PLAYED -> see(out.getPlayed());
            case OVER -> {
                hand.clear();
                next = "";
                mayDeal = out.getOver().getWinner().equals(seat.player());
            }
            default -> {}
        }
    }

    private void see(CardsView view) {
        played.clear();
        hand = new ArrayList<>(view.getHandList());
        next = view.getNext();
        mayDeal = view.getSeatsCount() == 0;
    }

    private void see(CardPlayed card) {
        if (!played.add(card.getCard())) {
            seat.fault("card " + card.getCard() + " is played twice in one match");
        }
        if (card.getName().equals(seat.player()) && !hand.remove((Integer) card.getCard())) {
            seat.fault("played card " + card.getCard() + " without having it");
        }
    }

    @Override
    public void tick(long nowMillis) {
        if (seat.isWaiting()) {
            return;
        }
        if (mayDeal) {
            mayDeal = false; // once: a match also begins by itself after a while
            seat.say(CardsIn.newBuilder().setDeal(true).build());
        } else if (next.equals(seat.player()) && !hand.isEmpty()) {
            int card = hand.get(seat.random().nextInt(hand.size()));
            seat.say(CardsIn.newBuilder().setPlay(card).build());
        }
    }
}
