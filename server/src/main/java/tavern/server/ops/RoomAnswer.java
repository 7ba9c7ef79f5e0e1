package tavern.server.ops;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import tavern.game.Goods;
import tavern.server.cluster.Lease;
import tavern.server.game.OpenOffer;
import tavern.server.room.RoomReport;
import tavern.server.store.ChatLine;

/** A room as the API shows it; positions are in 1/16 of a unit. @param type empty for the built-in rules */
record RoomAnswer(
        String room,
        int players,
        int capacity,
        boolean unlisted,
        String type,
        Map<String, String> metadata,
        boolean open,
        boolean suspended,
        long fence,
        int tick,
        int mailboxDepth,
        int mailboxCapacity,
        long waitMicros,
        long tickMicros,
        int timePermille,
        int mapWidth,
        int mapHeight,
        List<RoomReport.MemberView> members,
        List<OfferLine> offers,
        List<ChatLine> chat) {
    record GoodsLine(SortedMap<String, Long> stacks, SortedSet<Long> items) {
        static GoodsLine of(Goods goods) {
            return new GoodsLine(goods.stacks(), goods.items());
        }
    }

    record OfferLine(
            String trade,
            String from,
            String to,
            GoodsLine give,
            GoodsLine want,
            long expiresAtMillis,
            boolean settling) {
        static OfferLine of(RoomReport.OfferView view) {
            OpenOffer offer = view.offer();
            return new OfferLine(
                    offer.id().toString(),
                    offer.proposer().name(),
                    offer.partner().name(),
                    GoodsLine.of(offer.terms().give()),
                    GoodsLine.of(offer.terms().want()),
                    view.expiresAtMillis(),
                    offer.settling());
        }
    }

    static RoomAnswer of(RoomReport view) {
        return new RoomAnswer(
                view.info().id().name(),
                view.info().players(),
                view.info().capacity(),
                view.info().unlisted(),
                view.info().type(),
                view.info().metadata(),
                view.open(),
                view.lease() != Lease.State.HELD,
                view.fence(),
                view.tick(),
                view.mailboxDepth(),
                view.mailboxCapacity(),
                view.waitMicros(),
                view.tickMicros(),
                view.timePermille(),
                view.mapWidth(),
                view.mapHeight(),
                view.members(),
                view.offers().stream().map(OfferLine::of).toList(),
                view.chat());
    }
}
