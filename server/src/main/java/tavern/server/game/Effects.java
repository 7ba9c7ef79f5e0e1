package tavern.server.game;

import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;

/** Receives what follows from an action. Implemented by the room; the rules may use it only during the call. */
public interface Effects {
    /** Answers the player's message {@code seq} with an error; the message had no other effect. */
    void refuse(PlayerId player, int seq, ErrorCode code, String text);

    /** Sends an event to all members. */
    void toRoom(RoomEvent event);

    /** Sends an event to one player, member or not; {@code replyTo} is the seq of the message it answers, or 0. */
    void toPlayer(PlayerId player, int replyTo, PersonalEvent event);

    /** An entity has moved; its place goes into the next snapshot. */
    void moved(int entity, int x, int y, int seq);

    /** A move was impossible; the entity stays at {@code x, y}. */
    void moveRejected(int entity, int seq, int x, int y);

    /**
     * Looks a trade up in the store; {@link Action.TradeLookedUp} or {@link Action.TradeLookUpFailed} follows, once.
     */
    void lookUpTrade(TradeId trade);

    /**
     * Requests that the store end a trade; {@link Action.TradeSettled} or {@link Action.TradeSettleFailed} follows.
     * When the store answers late, both follow: first the failure, then the outcome.
     */
    void settle(Settlement settlement);

    /**
     * Reads the player's inventory from the store again, because a change was told that does not follow what is known;
     * {@link Action.InventoryRead} follows while the player is a member.
     */
    void readInventory(Player player);

    /** Ends the session of a player who breaks the rules too often for it to be chance. */
    void expel(PlayerId player, ErrorCode code, String text);
}
