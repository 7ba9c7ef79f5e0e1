package tavern.server.game;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.TradeOutcome;

/**
 * A trade between its offer and its end. It stays open until a player, the clock or a change of goods settles it; then
 * the room requests that the store make the requested outcome final, and retries until the store answers. Whatever the
 * store answers is the outcome.
 */
final class OpenTrade {
    /** The most requests that may wait for one trade's outcome; honest players repeat a request once or twice. */
    static final int WAITING_MAX = 8;

    private static final long RETRY_MILLIS_MIN = 1_000;
    private static final long RETRY_MILLIS_MAX = 30_000;
    private static final long NEVER = Long.MAX_VALUE;

    private final TradeId id;
    private final Player proposer;
    private final Player partner;
    private final Terms terms;
    private final long expiresAtMillis;
    private final List<PendingRequest> waiting = new ArrayList<>(2);

    /** Null while the trade is open. */
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

    /** When a tick next has work for this trade: the offer expires, or a request to the store is retried. */
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
    List<PendingRequest> waiting() {
        return waiting;
    }

    void settle(TradeOutcome outcome, Effects effects) {
        settlement = new Settlement(id, proposer, partner, terms, outcome);
        requestSettlement(settlement, effects);
    }

    /** The store did not answer: the trade may or may not have been settled, so the request is retried later. */
    void postpone(long nowMillis) {
        dueMillis = nowMillis + retryMillis;
        retryMillis = Math.min(2 * retryMillis, RETRY_MILLIS_MAX);
    }

    /** Retries the settlement. Safe any number of times: the store returns the first outcome. */
    void settleAgain(Effects effects) {
        requestSettlement(Objects.requireNonNull(settlement), effects);
    }

    private void requestSettlement(Settlement requested, Effects effects) {
        dueMillis = NEVER;
        effects.settle(requested);
    }
}
