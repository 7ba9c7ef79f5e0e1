package tavern.server.game;

import org.jspecify.annotations.Nullable;

/**
 * Everything that can happen to a room's rules, but for moves and ticks, which have methods of their own in
 * {@link RoomRules}. {@code seq} is the client's number, to be named in the answer.
 */
public sealed interface Action {
    /** What a player asked for: it is refused or done, and answered. */
    sealed interface ByPlayer extends Action {
        PlayerId player();

        int seq();
    }

    /** @param at where the player stood when last here, or null: then the rules choose */
    record Join(
            Player player, Inventory inventory, @Nullable Position at, long mutedUntilMillis) implements Action {}

    record Leave(PlayerId player) implements Action {}

    record Chat(PlayerId player, int seq, String text) implements ByPlayer {}

    /** @param to name of the player who is to accept */
    record OfferTrade(PlayerId player, int seq, TradeId trade, String to, Terms terms) implements ByPlayer {}

    record AcceptTrade(PlayerId player, int seq, TradeId trade) implements ByPlayer {}

    record DeclineTrade(PlayerId player, int seq, TradeId trade) implements ByPlayer {}

    record CancelTrade(PlayerId player, int seq, TradeId trade) implements ByPlayer {}

    /** Answers {@link Effects#lookUpTrade}. @param found null: the id was never used */
    record TradeLookedUp(TradeId trade, @Nullable SettledTrade found) implements Action {}

    /** Answers {@link Effects#lookUpTrade} when the store does not. */
    record TradeLookUpFailed(TradeId trade) implements Action {}

    /** Answers {@link Effects#settle}: with the first outcome, should the id have been settled before. */
    record TradeSettled(TradeId trade, SettledTrade settled) implements Action {}

    /** Answers {@link Effects#settle} when the store does not: whether it was done is not known, asking again is safe. */
    record TradeSettleFailed(TradeId trade) implements Action {}

    /** The store has a newer inventory of a member. */
    record InventoryChanged(PlayerId player, Inventory inventory) implements Action {}

    record Muted(PlayerId player, long untilMillis) implements Action {}

    /** For rules other than the built-in ones. The payload is not copied: leave it as it is. */
    @SuppressWarnings("ArrayRecordComponent")
    record Custom(PlayerId player, int seq, int kind, byte[] payload) implements ByPlayer {}
}
