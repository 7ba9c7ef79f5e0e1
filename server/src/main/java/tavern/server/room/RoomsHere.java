package tavern.server.room;

import java.util.function.ObjLongConsumer;
import tavern.game.RoomId;

/** The rooms that are open on this server. Safe on any thread. */
public interface RoomsHere {
    /** Shows each room as it is now, with the fence of its lease. */
    void forEach(ObjLongConsumer<RoomInfo> each);

    /** Whether the room is open. */
    boolean isOpen(RoomId room);
}
