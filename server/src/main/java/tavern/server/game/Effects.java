package tavern.server.game;

import tavern.protocol.v1.ErrorCode;

/** Where rules say what follows from an action. Implemented by the room; to be used only during the call. */
public interface Effects {
    /** Answers the player's message {@code seq} with an error; nothing else came of it. */
    void refuse(PlayerId player, int seq, ErrorCode code, String text);

    /** To all members. */
    void toRoom(RoomEvent event);

    /** To one player, member or not. @param replyTo the player's message that this answers; 0: none */
    void toPlayer(PlayerId player, int replyTo, PersonalEvent event);

    /** An entity is at another place: goes into the next snapshot. */
    void moved(int entity, int x, int y, int seq);

    /** A move was impossible; the entity stays at {@code x, y}. */
    void moveRejected(int entity, int seq, int x, int y);

    /** Asks the store for a trade; {@link Action.TradeLookedUp} or {@link Action.TradeLookUpFailed} follows, once. */
    void lookUpTrade(TradeId trade);

    /**
     * Asks the store to end a trade; {@link Action.TradeSettled} or {@link Action.TradeSettleFailed} follows. Of a store
     * that is late, both: first that it failed, then how the trade ended.
     */
    void settle(Settlement settlement);

    /** The player breaks the rules so often that it cannot be chance: the session is to be ended. */
    void expel(PlayerId player, ErrorCode code, String text);
}
