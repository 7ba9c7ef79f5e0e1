package tavern.server.game;

import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.game.PlayerId;

/**
 * Everything that can happen to a room's rules, except moves and ticks, which have methods of their own in
 * {@link RoomRules}. {@code seq} is the client's number of the message, which the answer repeats.
 */
public sealed interface Action {
    /** A player's request: it is carried out or refused, and answered. */
    sealed interface ByPlayer extends Action {
        PlayerId player();

        int seq();
    }

    /**
     * @param at where the player last stood in this room, or null to let the rules choose
     * @param mutedUntilMillis a date, milliseconds since 1970
     */
    record Join(
            Player player, Inventory inventory, @Nullable Position at, long mutedUntilMillis) implements Action {}

    record Leave(PlayerId player) implements Action {}

    /** @param atMillis when it was said, milliseconds since 1970 */
    record Chat(PlayerId player, int seq, String text, long atMillis) implements ByPlayer {}

    /**
     * @param to name of the player who is to accept
     * @param atMillis when it was asked for, milliseconds since 1970
     */
    record OfferTrade(PlayerId player, int seq, TradeId trade, String to, Terms terms, long atMillis)
            implements ByPlayer {}

    record AcceptTrade(PlayerId player, int seq, TradeId trade) implements ByPlayer {}

    record DeclineTrade(PlayerId player, int seq, TradeId trade) implements ByPlayer {}

    record CancelTrade(PlayerId player, int seq, TradeId trade) implements ByPlayer {}

    /** Answers {@link Effects#lookUpTrade}. @param found the settled trade, or null when the id was never used */
    record TradeLookedUp(TradeId trade, @Nullable SettledTrade found) implements Action {}

    /** Answers {@link Effects#lookUpTrade} when the store does not. */
    record TradeLookUpFailed(TradeId trade) implements Action {}

    /** Answers {@link Effects#settle}, with the first outcome if the id was settled before. */
    record TradeSettled(TradeId trade, SettledTrade settled) implements Action {}

    /** Answers {@link Effects#settle} when the store does not: the outcome is unknown, and retrying is safe. */
    record TradeSettleFailed(TradeId trade) implements Action {}

    /** Something other than a trade of this room has changed a member's goods. */
    record GoodsChanged(PlayerId player, GoodsChange change) implements Action {}

    /** The member's inventory was read from the store again. */
    record InventoryRead(PlayerId player, Inventory inventory) implements Action {}

    /** @param untilMillis a date, milliseconds since 1970 */
    record Muted(PlayerId player, long untilMillis) implements Action {}

    /**
     * A message for rules other than the built-in ones, or for the room's game.
     *
     * @param payload not copied, and must not be changed
     * @param request 0, or the client's number of the request (P-82)
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Custom(PlayerId player, int seq, int kind, byte[] payload, long request) implements ByPlayer {}
}
