package tavern.server.room;

import tavern.game.RoomId;
import tavern.server.game.Position;

/**
 * Saves the places of a room's players. Rooms do so in several groups: the store commits writes together that arrive
 * together, but not all should arrive at once.
 */
@OnRoomThread
final class PlaceSaves {
    private static final int GROUPS = 4;

    private final long everyMillis;
    private final long offsetMillis;
    private final Seats seats;
    private final RoomView view;
    private final WriteBehind writeBehind;
    private long period;

    PlaceSaves(RoomId room, long everyMillis, Seats seats, RoomView view, WriteBehind writeBehind) {
        this.everyMillis = everyMillis;
        this.offsetMillis = Math.floorMod(room.hashCode(), GROUPS) * everyMillis / GROUPS;
        this.seats = seats;
        this.view = view;
        this.writeBehind = writeBehind;
    }

    void saveIfDue(long nowMillis) {
        long now = (nowMillis + offsetMillis) / everyMillis;
        if (now != period) {
            period = now;
            save();
        }
    }

    /** When the next ones are due. */
    long nextMillis() {
        return (period + 1) * everyMillis - offsetMillis;
    }

    /** Saves the places of those who have moved since the last save. */
    void save() {
        for (Seat seat : seats.players()) {
            Position place = view.place(seat);
            if (!place.equals(seat.saved)) {
                seat.saved = place;
                writeBehind.position(seat.player(), place);
            }
        }
        writeBehind.flushPositions();
    }

    /** The last place of somebody who leaves. */
    void saveLast(Seat seat) {
        writeBehind.position(seat.player(), view.place(seat));
        writeBehind.flushPositions();
    }
}
