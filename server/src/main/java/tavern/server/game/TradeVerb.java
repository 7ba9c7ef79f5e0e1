package tavern.server.game;

import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.TradeOutcome;

/** What a player may do to an open trade, and the outcome it requests. */
enum TradeVerb {
    ACCEPT(TradeOutcome.COMMITTED),
    DECLINE(TradeOutcome.DECLINED),
    CANCEL(TradeOutcome.CANCELLED);

    private final TradeOutcome outcome;

    TradeVerb(TradeOutcome outcome) {
        this.outcome = outcome;
    }

    TradeOutcome outcome() {
        return outcome;
    }

    /** Only the proposer may cancel; only the partner may accept or decline. */
    boolean isRightOf(PlayerId player, Player proposer, Player partner) {
        return player.equals((this == CANCEL ? proposer : partner).id());
    }
}
