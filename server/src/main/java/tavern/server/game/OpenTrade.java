package tavern.server.game;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.TradeOutcome;

/**
 * A trade between its offer and its end. Open until somebody or something settles it; then the store is asked, again
 * and again, to make the wished outcome final, and whatever the store says is the outcome.
 */
final class OpenTrade {
    /** Requests that wait for one trade's outcome; honest players repeat themselves once or twice. */
    static final int WAITING_MAX = 8;

    private static final long RETRY_MILLIS_MIN = 1_000;
    private static final long RETRY_MILLIS_MAX = 30_000;
    private static final long NEVER = Long.MAX_VALUE;

    private final TradeId id;
    private final Player proposer;
    private final Player partner;
    private final Terms terms;
    private final long expiresAtMillis;
    private final List<Request> waiting = new ArrayList<>(2);

    /** Null while open. */
    private @Nullable Settlement settlement;

    private long retryMillis = RETRY_MILLIS_MIN;
    private long dueMillis;

    OpenTrade(TradeId id, Player proposer, Player partner, Terms terms, long expiresAtMillis) {
        this.id = id;
        this.proposer = proposer;
        this.partner = partner;
        this.terms = terms;
        this.expiresAtMillis = expiresAtMillis;
        this.dueMillis = expiresAtMillis;
    }

    TradeId id() {
        return id;
    }

    Player proposer() {
        return proposer;
    }

    Player partner() {
        return partner;
    }

    Terms terms() {
        return terms;
    }

    OpenOffer view() {
        return new OpenOffer(id, proposer, partner, terms, expiresAtMillis, isSettling());
    }

    boolean isSettling() {
        return settlement != null;
    }

    boolean isCommitting() {
        return settlement != null && settlement.outcome() == TradeOutcome.COMMITTED;
    }

    boolean isExpired(long nowMillis) {
        return nowMillis >= expiresAtMillis;
    }

    long expiresInMillis(long nowMillis) {
        return expiresAtMillis - nowMillis;
    }

    /** When a tick has something to do here: the offer expires, or the store is to be asked again. */
    long dueMillis() {
        return dueMillis;
    }

    boolean isBetween(Player oneProposer, Player onePartner) {
        return proposer.id().equals(oneProposer.id()) && partner.id().equals(onePartner.id());
    }

    boolean involves(PlayerId player) {
        return proposer.id().equals(player) || partner.id().equals(player);
    }

    /** Requests that the outcome will answer. */
    List<Request> waiting() {
        return waiting;
    }

    void settle(TradeOutcome wish, Effects effects) {
        settlement = new Settlement(id, proposer, partner, terms, wish);
        ask(settlement, effects);
    }

    /** The store did not answer: it may have been done or not, and is asked again later. */
    void postpone(long nowMillis) {
        dueMillis = nowMillis + retryMillis;
        retryMillis = Math.min(2 * retryMillis, RETRY_MILLIS_MAX);
    }

    /** Safe as often as one likes: the store gives the first outcome. */
    void settleAgain(Effects effects) {
        ask(Objects.requireNonNull(settlement), effects);
    }

    private void ask(Settlement wish, Effects effects) {
        dueMillis = NEVER;
        effects.settle(wish);
    }
}
