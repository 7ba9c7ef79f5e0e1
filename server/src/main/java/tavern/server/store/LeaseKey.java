package tavern.server.store;

import tavern.server.game.RoomId;

/** What one node at a time may own: a room, or the publishing of the realm's outbox. */
public record LeaseKey(String name) {
    public static final LeaseKey RELAY = new LeaseKey("relay");

    public static LeaseKey room(RoomId room) {
        return new LeaseKey("room:" + room.name());
    }

    @Override
    public String toString() {
        return name;
    }
}
