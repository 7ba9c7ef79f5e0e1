package tavern.server.game.model;

import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Terms;

/**
 * One thing that happens to the room. Steps name players and trades by number and look at nothing else, so that a
 * schedule still makes sense when some of its steps are left out.
 */
sealed interface Step {
    enum Verb {
        ACCEPT,
        DECLINE,
        CANCEL
    }

    /** What becomes of a request to the store. */
    enum Fate {
        DONE,
        ANSWERED_TWICE,
        FAILED_BEFORE,
        FAILED_AFTER
    }

    record Join(int player) implements Step {}

    record Leave(int player) implements Step {}

    /**
     * A wish to be somewhere.
     *
     * @param isStep x and y count from where the player stands
     */
    record Move(int player, int seqStep, int x, int y, boolean isStep) implements Step {}

    record Chat(int player, String text) implements Step {}

    record Offer(int proposer, int number, int partner, Terms terms) implements Step {}

    record Wish(Verb verb, int player, int proposer, int number) implements Step {}

    record Custom(int player) implements Step {}

    /**
     * The store deals with a request.
     *
     * @param pick which of the waiting requests, modulo their number
     */
    record Store(int pick, Fate fate) implements Step {}

    /** The same trade id ends in another room. */
    record Elsewhere(int proposer, int number, int partner, Terms terms, TradeOutcome outcome) implements Step {}

    /**
     * An operator gives or takes.
     *
     * @param count may be negative
     * @param isHeard whether the room is told
     */
    record Grant(int player, String kind, long count, boolean isHeard) implements Step {}

    record Pass(int millis) implements Step {}
}
