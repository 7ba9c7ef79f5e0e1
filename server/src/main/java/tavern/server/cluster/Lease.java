package tavern.server.cluster;

import tavern.server.game.RoomId;

/** The right to run a room. @param fence larger than any owner's before: what the store asks for at each commit */
public record Lease(RoomId room, long fence) {}
