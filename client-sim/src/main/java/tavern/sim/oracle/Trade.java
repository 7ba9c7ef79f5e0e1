package tavern.sim.oracle;

import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;

/** One trade as the bots know it. Written on the room's event loop; the audit reads it after the load. */
public final class Trade {
    private final int proposer;
    private final int partner;
    private final String from;
    private final TradeOffer offer;

    boolean partnerAsked;
    boolean excused;
    boolean refused;
    long acceptedNanos;

    @Nullable
    TradeOutcome toldProposer;

    @Nullable
    TradeOutcome toldPartner;

    Trade(int proposer, int partner, String from, TradeOffer offer) {
        this.proposer = proposer;
        this.partner = partner;
        this.from = from;
        this.offer = offer;
    }

    public int proposer() {
        return proposer;
    }

    public int partner() {
        return partner;
    }

    /** The proposer's name, to which trade ids are scoped. */
    public String from() {
        return from;
    }

    public TradeOffer offer() {
        return offer;
    }

    /** The outcome that either side was told, or null when neither was. */
    public @Nullable TradeOutcome outcome() {
        return toldProposer != null ? toldProposer : toldPartner;
    }

    /** Whether the server refused to open the trade and reported no outcome. */
    public boolean isRefused() {
        return refused && outcome() == null;
    }

    public boolean isOpen() {
        return toldProposer == null && !refused;
    }

    @Override
    public String toString() {
        return "trade of " + from + " with " + offer.getTo();
    }
}
