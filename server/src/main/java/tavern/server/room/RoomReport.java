package tavern.server.room;

import java.util.List;
import tavern.server.cluster.Lease;
import tavern.server.game.OpenOffer;
import tavern.server.store.ChatLine;
import tavern.server.time.Clocks;

/**
 * The complete state of a room at one moment, for operators.
 *
 * @param open false when it is closing
 * @param lease anything except {@code HELD} means that the room is suspended or lost
 * @param waitMicros the room's last wait for its thread
 * @param tickMicros the duration of the last tick
 * @param timePermille P-112: the speed of the room's time; 1000 when it is not slowed down
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
        int timePermille,
        int mapWidth,
        int mapHeight,
        List<MemberView> members,
        List<OfferView> offers,
        List<ChatLine> chat) {
    /**
     * A member of the room.
     *
     * @param x in 1/16 of a unit
     * @param y in 1/16 of a unit
     * @param connected false while the seat is kept without a connection
     */
    public record MemberView(String player, int entity, int x, int y, boolean connected) {}

    /** @param nowMillis of the rules, by which offers expire */
    static List<OfferView> offers(List<OpenOffer> offers, long nowMillis, Clocks clocks) {
        long aheadMillis = clocks.wall().millis() - nowMillis;
        return offers.stream()
                .map(offer -> new OfferView(offer, offer.expiresAtMillis() + aheadMillis))
                .toList();
    }

    /** @param expiresAtMillis the date, milliseconds since 1970 */
    public record OfferView(OpenOffer offer, long expiresAtMillis) {}
}
