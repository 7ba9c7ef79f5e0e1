package tavern.server.store;

import tavern.game.RoomId;

/** Something that one node at a time may own: a room, or a task of the whole realm. */
public record LeaseKey(String name) {
    /** Precedes the name of a room. */
    public static final String ROOM_PREFIX = "room:";

    public static final LeaseKey RELAY = new LeaseKey("relay");

    /** Removing what the realm need not keep any longer. */
    public static final LeaseKey UPKEEP = new LeaseKey("upkeep");

    /** Sealing segments of the ledger and moving them to the archive. */
    public static final LeaseKey ARCHIVE = new LeaseKey("archive");

    public static LeaseKey room(RoomId room) {
        return new LeaseKey(ROOM_PREFIX + room.name());
    }

    /** The name of the room; empty for other leases. */
    public String roomName() {
        return name.startsWith(ROOM_PREFIX) ? name.substring(ROOM_PREFIX.length()) : "";
    }

    @Override
    public String toString() {
        return name;
    }
}
