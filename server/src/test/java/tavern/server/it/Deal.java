package tavern.server.it;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.TradeOutcome;

/** A trade that somebody tried, and what each of its players was told about it. Safe on any thread. */
final class Deal {
    private final UUID id;
    private final String from;
    private final String to;
    private final Goods give;
    private final Goods want;
    private @Nullable TradeOutcome toldProposer;
    private @Nullable TradeOutcome toldPartner;
    private boolean refused;

    Deal(UUID id, String from, String to, Goods give, Goods want) {
        this.id = id;
        this.from = from;
        this.to = to;
        this.give = give;
        this.want = want;
    }

    UUID id() {
        return id;
    }

    String from() {
        return from;
    }

    String to() {
        return to;
    }

    Goods give() {
        return give;
    }

    Goods want() {
        return want;
    }

    boolean involves(String player) {
        return player.equals(from) || player.equals(to);
    }

    /** The server refused the offer: there is no such trade. */
    synchronized void refuse() {
        if (outcome() != null) {
            throw new AssertionError(this + " was refused after it had ended");
        }
        refused = true;
    }

    synchronized boolean isRefused() {
        return refused;
    }

    /** One player is told how the trade ended; the other one must not have been told anything else. */
    synchronized void tell(String player, TradeOutcome outcome) {
        TradeOutcome before = outcome();
        if (refused || before != null && before != outcome) {
            throw new AssertionError(this + " now ends as " + outcome + " for " + player);
        }
        if (player.equals(from)) {
            toldProposer = outcome;
        } else {
            toldPartner = outcome;
        }
    }

    /** The outcome that this player was told, or null. */
    synchronized @Nullable TradeOutcome told(String player) {
        return player.equals(from) ? toldProposer : toldPartner;
    }

    /** The outcome that either player was told, or null. */
    synchronized @Nullable TradeOutcome outcome() {
        return toldProposer == null ? toldPartner : toldProposer;
    }

    boolean isInDoubtFor(String player) {
        return !isRefused() && told(player) == null;
    }

    @Override
    public synchronized String toString() {
        return "trade " + id + " of " + from + " with " + to + " (told " + toldProposer + " and " + toldPartner
                + (refused ? ", refused)" : ")");
    }
}
