package tavern.server.room;

import java.util.List;
import tavern.server.cluster.Lease;
import tavern.server.game.OpenOffer;
import tavern.server.store.ChatLine;

/**
 * All of a room at one moment, for operators.
 *
 * @param open false: it is closing
 * @param lease anything but {@code HELD}: the room is suspended or lost
 * @param waitMicros the last wait of the room for its thread
 * @param tickMicros the last tick
 * @param mapWidth in 1/16 of a unit
 * @param mapHeight in 1/16 of a unit
 * @param chat the newest lines, oldest first
 */
public record RoomReport(
        RoomInfo info,
        boolean open,
        long fence,
        Lease.State lease,
        int tick,
        int mailboxDepth,
        int mailboxCapacity,
        long waitMicros,
        long tickMicros,
        int mapWidth,
        int mapHeight,
        List<MemberView> members,
        List<OpenOffer> offers,
        List<ChatLine> chat) {
    /**
     * @param x in 1/16 of a unit
     * @param y in 1/16 of a unit
     * @param connected false: the seat is kept for a while
     */
    public record MemberView(String player, int entity, int x, int y, boolean connected) {}
}
