package tavern.server.store;

import tavern.server.game.RoomId;
import tavern.server.game.SettledTrade;

/** A trade that ended, whichever way, and where. */
public record TradeRecord(SettledTrade trade, RoomId room) {}
