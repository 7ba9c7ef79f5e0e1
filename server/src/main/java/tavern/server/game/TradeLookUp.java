package tavern.server.game;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;

/** A look-up in the store whether a trade id was used before, and the requests that wait for its answer. */
final class TradeLookUp {
    /** A request to accept, decline or cancel that waits for the look-up. */
    record PendingVerb(PendingRequest request, TradeVerb verb) {}

    private final TradeId id;
    private final PlayerId requester;
    private final List<PendingRequest> offers = new ArrayList<>(1);
    private final List<PendingVerb> pendingVerbs = new ArrayList<>(1);
    private Action.@Nullable OfferTrade offer;
    private boolean isWithdrawn;

    /** @param requester the player whose limit this look-up counts against */
    TradeLookUp(TradeId id, PlayerId requester) {
        this.id = id;
        this.requester = requester;
    }

    TradeId id() {
        return id;
    }

    PlayerId requester() {
        return requester;
    }

    boolean isFull() {
        return offers.size() + pendingVerbs.size() >= OpenTrade.WAITING_MAX;
    }

    /** The offer that opens if the id is new, or null when nobody has made one. */
    Action.@Nullable OfferTrade offer() {
        return offer;
    }

    void offer(Action.OfferTrade made) {
        offer = made;
        isWithdrawn = false;
        offers.add(new PendingRequest(made.player(), made.seq()));
    }

    void addVerb(PendingRequest request, TradeVerb verb) {
        pendingVerbs.add(new PendingVerb(request, verb));
    }

    List<PendingRequest> offers() {
        return offers;
    }

    void refuseOffers(RequestRefusal refusal, Effects effects) {
        offers.forEach(request -> request.refuse(refusal, effects));
    }

    List<PendingVerb> pendingVerbs() {
        return pendingVerbs;
    }

    /**
     * The player left the room: the player's offer no longer opens, and the player's pending requests are refused now.
     */
    void leave(PlayerId player, Effects effects) {
        isWithdrawn |= id.proposer().equals(player);
        offers.removeIf(request -> request.refuseIfOf(player, effects));
        pendingVerbs.removeIf(pending -> pending.request().refuseIfOf(player, effects));
    }

    boolean isWithdrawn() {
        return isWithdrawn;
    }
}
