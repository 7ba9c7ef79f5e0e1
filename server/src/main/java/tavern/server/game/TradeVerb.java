package tavern.server.game;

import tavern.protocol.v1.TradeOutcome;

/** What a player may wish for an open trade, and to what end it leads. */
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

    /** Cancelling is the proposer's right, the rest the partner's. */
    boolean isRightOf(PlayerId player, Player proposer, Player partner) {
        return player.equals((this == CANCEL ? proposer : partner).id());
    }
}
