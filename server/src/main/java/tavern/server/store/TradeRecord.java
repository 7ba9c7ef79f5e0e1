package tavern.server.store;

import tavern.game.RoomId;
import tavern.server.game.SettledTrade;

/** A trade that ended with any outcome, and the room in which it ended. */
public record TradeRecord(SettledTrade trade, RoomId room) {}
