package tavern.server.game.model;

import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Terms;

/**
 * One thing that happens to the room. Steps name players and trades by number and depend on nothing else, so that a
 * schedule stays valid when some of its steps are left out.
 */
sealed interface Step {
    enum Verb {
        ACCEPT,
        DECLINE,
        CANCEL
    }

    /** What happens to a request to the store. */
    enum Fate {
        DONE,
        ANSWERED_TWICE,
        FAILED_BEFORE,
        FAILED_AFTER
    }

    record Join(int player) implements Step {}

    record Leave(int player) implements Step {}

    /**
     * A player requests a move.
     *
     * @param isStep whether x and y are relative to where the player stands
     */
    record Move(int player, int seqStep, int x, int y, boolean isStep) implements Step {}

    record Chat(int player, String text) implements Step {}

    record Offer(int proposer, int number, int partner, Terms terms) implements Step {}

    record Act(Verb verb, int player, int proposer, int number) implements Step {}

    record Custom(int player) implements Step {}

    /**
     * The store handles a request.
     *
     * @param pick the index of the waiting request, modulo their number
     */
    record Store(int pick, Fate fate) implements Step {}

    /** A trade with the same id ends in another room. */
    record Elsewhere(int proposer, int number, int partner, Terms terms, TradeOutcome outcome) implements Step {}

    /**
     * An operator gives or takes.
     *
     * @param count may be negative
     * @param isHeard whether the room is notified
     */
    record Grant(int player, String kind, long count, boolean isHeard) implements Step {}

    record Pass(int millis) implements Step {}
}
