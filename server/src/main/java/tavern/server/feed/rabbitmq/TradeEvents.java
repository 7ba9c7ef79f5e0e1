package tavern.server.feed.rabbitmq;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeCommitted;
import tavern.protocol.v1.TradeParty;
import tavern.server.game.Player;
import tavern.server.game.RoomId;
import tavern.server.game.Settlement;
import tavern.server.store.OutboxEvent;

/** What consumers read about a trade. Any thread. */
final class TradeEvents {
    private final String realm;
    private final String keyPrefix;

    TradeEvents(String realm) {
        this.realm = realm;
        keyPrefix = "trade." + realm + ".";
    }

    OutboxEvent describe(Settlement settlement, RoomId room, long fence, long atMillis) {
        TradeCommitted event = TradeCommitted.newBuilder()
                .setMessageId(settlement.id().toString())
                .setRealm(realm)
                .setRoom(room.name())
                .setFence(fence)
                .setProposer(party(settlement.proposer(), settlement.terms().give()))
                .setPartner(party(settlement.partner(), settlement.terms().want()))
                .setCommittedAtMs(atMillis)
                .build();
        return new OutboxEvent(keyPrefix + room.name(), event.toByteArray());
    }

    private static TradeParty party(Player player, tavern.server.game.Goods gave) {
        Goods.Builder goods = Goods.newBuilder();
        gave.stacks()
                .forEach((kind, count) ->
                        goods.addStacks(Stack.newBuilder().setKind(kind).setCount(count)));
        goods.addAllItemIds(gave.items());
        return TradeParty.newBuilder()
                .setPlayerId(player.id().value())
                .setPlayer(player.name())
                .setGave(goods)
                .build();
    }

    /** Realm, room and fence as headers, for consumers that sort without reading bodies; read up to the fence only. */
    static Map<String, Object> headers(OutboxEvent event) {
        Map<String, Object> headers = new HashMap<>(8);
        CodedInputStream body = CodedInputStream.newInstance(event.body());
        try {
            for (int tag = body.readTag(); tag != 0; tag = body.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case TradeCommitted.REALM_FIELD_NUMBER -> headers.put("realm", body.readString());
                    case TradeCommitted.ROOM_FIELD_NUMBER -> headers.put("room", body.readString());
                    case TradeCommitted.FENCE_FIELD_NUMBER -> {
                        headers.put("fence", body.readUInt64());
                        return headers;
                    }
                    default -> body.skipField(tag);
                }
            }
        } catch (IOException e) {
            // The headers are a courtesy: what is in the outbox goes out as it is.
            headers.clear();
        }
        return headers;
    }
}
