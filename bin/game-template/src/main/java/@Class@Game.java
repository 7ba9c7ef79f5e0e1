package @package@;

import tavern.game.Game;
import tavern.game.GameType;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Turn;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;
import @package@.messages.Drawn;
import @package@.messages.Hand;
import @package@.messages.Say;
import @package@.messages.State;
import @package@.messages.Table;
import @package@.messages.Tell;
import @package@.messages.Won;

/**
 * High card: each player puts a stake into the pot and draws; the highest card takes the pot. A round ends when everybody
 * has drawn, or half a minute after its first card.
 */
public final class @Class@Game implements Game<State, Say, Tell> {
    static final GameType<State, Say, Tell> TYPE =
            GameType.of("@name@", new @Class@Game(), State.parser(), Say.parser());

    private static final String GOLD = "gold";
    private static final String ROUND_ENDS = "round-ends";
    private static final long ROUND_MILLIS = 30_000;

    @Override
    public State open(Opening opening) {
        return State.getDefaultInstance();
    }

    @Override
    public State on(State state, Player from, Say message, Turn<Tell> turn) {
        return switch (message.getWhatCase()) {
            case DRAW -> draw(state, from, turn);
            case WHAT_NOT_SET -> throw turn.refuse(ErrorCode.BAD_VALUE, "there is no such move");
        };
    }

    private static State draw(State state, Player from, Turn<Tell> turn) {
        if (state.getHandsList().stream().anyMatch(hand -> hand.getPlayer() == from.id().value())) {
            throw turn.refuse(ErrorCode.NOT_ALLOWED, "you have drawn in this round");
        }
        // Nothing of the turn happens if the player does not have the stake.
        long stake = Long.parseLong(turn.settings().getOrDefault("stake", "10"));
        turn.take(from.id(), GOLD, stake);
        Hand hand = Hand.newBuilder()
                .setPlayer(from.id().value())
                .setName(from.name())
                .setCard(turn.random().nextInt(2, 15))
                .build();
        State next = state.toBuilder().addHands(hand).setPot(state.getPot() + stake).build();
        turn.tellAll(Tell.newBuilder()
                .setDrawn(Drawn.newBuilder().setHand(hand).setPot(next.getPot()))
                .build());
        if (next.getHandsCount() == 1) {
            turn.timer(ROUND_ENDS, turn.now() + ROUND_MILLIS);
        }
        boolean isLast = next.getHandsCount() > 1 && next.getHandsCount() >= turn.present().size();
        return isLast ? end(next, turn) : next;
    }

    @Override
    public State due(State state, String timer, Turn<Tell> turn) {
        return state.getHandsCount() == 0 ? state : end(state, turn);
    }

    /** Among equal cards the first one wins. The winner may be elsewhere by now, and gets the pot all the same. */
    private static State end(State state, Turn<Tell> turn) {
        Hand highest = state.getHands(0);
        for (Hand hand : state.getHandsList()) {
            if (hand.getCard() > highest.getCard()) {
                highest = hand;
            }
        }
        turn.give(new PlayerId(highest.getPlayer()), GOLD, state.getPot());
        turn.tellAll(Tell.newBuilder()
                .setWon(Won.newBuilder().setHand(highest).setPot(state.getPot()))
                .build());
        turn.stop(ROUND_ENDS);
        return State.getDefaultInstance();
    }

    @Override
    public Tell view(State state, Viewer viewer) {
        return Tell.newBuilder()
                .setTable(Table.newBuilder().addAllHands(state.getHandsList()).setPot(state.getPot()))
                .build();
    }
}
