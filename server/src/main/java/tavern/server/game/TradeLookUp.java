package tavern.server.game;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A question to the store whether a trade id was used before, and who waits for the answer. */
final class TradeLookUp {
    /** Which of the trade's players asks, and for what. */
    record Wish(Request request, TradeVerb verb) {}

    private final TradeId id;
    private final PlayerId asker;
    private final List<Request> offers = new ArrayList<>(1);
    private final List<Wish> wishes = new ArrayList<>(1);
    private Action.@Nullable OfferTrade offer;
    private boolean isWithdrawn;

    /** @param asker on whose account the question goes */
    TradeLookUp(TradeId id, PlayerId asker) {
        this.id = id;
        this.asker = asker;
    }

    TradeId id() {
        return id;
    }

    PlayerId asker() {
        return asker;
    }

    boolean isFull() {
        return offers.size() + wishes.size() >= OpenTrade.WAITING_MAX;
    }

    /** The offer that opens if the id is new; null when nobody has made one. */
    Action.@Nullable OfferTrade offer() {
        return offer;
    }

    void offer(Action.OfferTrade made) {
        offer = made;
        isWithdrawn = false;
        offers.add(new Request(made.player(), made.seq()));
    }

    void wish(Request request, TradeVerb verb) {
        wishes.add(new Wish(request, verb));
    }

    List<Request> offers() {
        return offers;
    }

    void refuseOffers(Refusal refusal, Effects effects) {
        offers.forEach(request -> request.refuse(refusal, effects));
    }

    List<Wish> wishes() {
        return wishes;
    }

    /** The player left the room: nothing that the player offered opens, and what was asked is answered now. */
    void leave(PlayerId player, Effects effects) {
        isWithdrawn |= id.proposer().equals(player);
        offers.removeIf(request -> request.refuseIfOf(player, effects));
        wishes.removeIf(wish -> wish.request().refuseIfOf(player, effects));
    }

    boolean isWithdrawn() {
        return isWithdrawn;
    }
}
