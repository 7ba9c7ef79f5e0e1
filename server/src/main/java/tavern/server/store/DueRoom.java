package tavern.server.store;

import tavern.game.RoomId;

/** A room whose game has something to do at a certain time. @param dueMillis a date */
public record DueRoom(RoomId room, String type, long dueMillis) {}
