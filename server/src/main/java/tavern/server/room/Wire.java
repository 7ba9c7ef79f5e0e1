package tavern.server.room;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.nio.ByteBuffer;
import java.util.UUID;
import tavern.game.Goods;
import tavern.game.RoomId;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.CustomEvent;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.InventoryChanged;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.Left;
import tavern.protocol.v1.PlayerJoined;
import tavern.protocol.v1.PlayerLeft;
import tavern.protocol.v1.Redirect;
import tavern.protocol.v1.Replayed;
import tavern.protocol.v1.RoomList;
import tavern.protocol.v1.RoomResumed;
import tavern.protocol.v1.RoomSuspended;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TickRate;
import tavern.protocol.v1.TradeOffered;
import tavern.protocol.v1.TradeOpened;
import tavern.protocol.v1.TradeResult;
import tavern.protocol.v1.TurnDone;
import tavern.server.cluster.Node;
import tavern.server.game.Entity;
import tavern.server.game.GoodsChange;
import tavern.server.game.PersonalEvent;
import tavern.server.game.RoomEvent;
import tavern.server.game.SettledTrade;

/** Translates the rules' types into messages of the protocol. */
public final class Wire {
    /** P-23: marks the end of the replay of missed events. */
    public static final ServerMessage REPLAYED = ServerMessage.newBuilder()
            .setReplayed(Replayed.getDefaultInstance())
            .build();

    private Wire() {}

    public static ServerMessage error(int replyTo, ErrorCode code, String text, long retryAfterMillis) {
        Error.Builder error = Error.newBuilder().setCode(code).setText(text).setRetryAfterMs((int)
                Math.min(retryAfterMillis, Integer.MAX_VALUE));
        return ServerMessage.newBuilder().setReplyTo(replyTo).setError(error).build();
    }

    /** P-28: a page of the room list. */
    public static ServerMessage rooms(int replyTo, RoomPage page) {
        UnknownFieldSet.Field.Builder rooms = UnknownFieldSet.Field.newBuilder();
        page.rooms().forEach(room -> rooms.addLengthDelimited(room.info()));
        // They are encoded already, and an unknown field is written as it is.
        RoomList.Builder list = RoomList.newBuilder()
                .setMore(!page.next().isEmpty())
                .setNext(page.next())
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(RoomList.ROOMS_FIELD_NUMBER, rooms.build())
                        .build());
        return ServerMessage.newBuilder().setReplyTo(replyTo).setRoomList(list).build();
    }

    public static ServerMessage left(int replyTo, String room) {
        return ServerMessage.newBuilder()
                .setReplyTo(replyTo)
                .setLeft(Left.newBuilder().setRoom(room))
                .build();
    }

    /** @param room empty for none in particular @param ticket P-105: empty for none */
    public static ServerMessage redirect(int replyTo, String room, Node holder, ByteString ticket) {
        return ServerMessage.newBuilder()
                .setReplyTo(replyTo)
                .setRedirect(Redirect.newBuilder()
                        .setHost(holder.host())
                        .setPort(holder.port())
                        .setTicket(ticket)
                        .setRoom(room))
                .build();
    }

    /** P-102: a redirect of somebody who is in no session yet. */
    public static ServerMessage sentOn(int replyTo, Node other) {
        return ServerMessage.newBuilder()
                .setReplyTo(replyTo)
                .setRedirect(Redirect.newBuilder().setHost(other.host()).setPort(other.port()))
                .build();
    }

    static ServerMessage suspended(RoomId room) {
        return ServerMessage.newBuilder()
                .setRoomSuspended(RoomSuspended.newBuilder().setRoom(room.name()))
                .build();
    }

    static ServerMessage resumed(RoomId room) {
        return ServerMessage.newBuilder()
                .setRoomResumed(RoomResumed.newBuilder().setRoom(room.name()))
                .build();
    }

    static ServerMessage tickRate(int permille) {
        return ServerMessage.newBuilder()
                .setTickRate(TickRate.newBuilder().setPermille(permille))
                .build();
    }

    private static tavern.protocol.v1.GoodsChange change(GoodsChange change) {
        var message = tavern.protocol.v1.GoodsChange.newBuilder().setVersion(change.version());
        change.counts().forEach((kind, count) -> message.addCounts(stack(kind, count)));
        change.itemsIn().forEach((id, kind) -> message.addItemsIn(item(id, kind)));
        change.itemsOut().forEach(message::addItemIdsOut);
        return message.build();
    }

    public static tavern.protocol.v1.Goods goods(Goods goods) {
        var message = tavern.protocol.v1.Goods.newBuilder();
        goods.stacks().forEach((kind, count) -> message.addStacks(stack(kind, count)));
        goods.items().forEach(message::addItemIds);
        return message.build();
    }

    static Item item(long id, String kind) {
        return Item.newBuilder().setId(id).setKind(kind).build();
    }

    static Stack stack(String kind, long count) {
        return Stack.newBuilder().setKind(kind).setCount(count).build();
    }

    public static ByteString uuid(UUID uuid) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES);
        bytes.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
        return ByteString.copyFrom(bytes.flip());
    }

    /** @param withPlaces false when an entity's place is sent only to those who see it (P-37) */
    static ServerMessage.Builder event(RoomEvent event, boolean withPlaces) {
        ServerMessage.Builder message = ServerMessage.newBuilder();
        if (event instanceof RoomEvent.Chatted chatted) {
            message.setChat(ChatMessage.newBuilder()
                    .setPlayer(chatted.player().name())
                    .setText(chatted.text())
                    .setClientSeq(chatted.seq())
                    .setAtMs(chatted.atMillis()));
        } else if (event instanceof RoomEvent.Joined joined) {
            Entity entity = joined.entity();
            message.setPlayerJoined(PlayerJoined.newBuilder()
                    .setEntity(
                            withPlaces
                                    ? entity(entity)
                                    : away(entity.id(), entity.player().name())));
        } else if (event instanceof RoomEvent.Left left) {
            message.setPlayerLeft(PlayerLeft.newBuilder()
                    .setId(left.entity())
                    .setPlayer(left.player().name()));
        } else if (event instanceof RoomEvent.Custom custom) {
            message.setCustom(custom(custom.kind(), custom.payload()));
        }
        return message;
    }

    static ServerMessage.Builder event(int replyTo, PersonalEvent event) {
        ServerMessage.Builder message = ServerMessage.newBuilder().setReplyTo(replyTo);
        if (event instanceof PersonalEvent.TradeOpened opened) {
            message.setTradeOpened(TradeOpened.newBuilder()
                    .setTradeId(uuid(opened.trade().uuid()))
                    .setExpiresInMs((int) opened.expiresInMillis()));
        } else if (event instanceof PersonalEvent.TradeOffered offered) {
            message.setTradeOffered(TradeOffered.newBuilder()
                    .setFrom(offered.proposer().name())
                    .setTradeId(uuid(offered.trade().uuid()))
                    .setGive(goods(offered.terms().give()))
                    .setWant(goods(offered.terms().want()))
                    .setExpiresInMs((int) offered.expiresInMillis()));
        } else if (event instanceof PersonalEvent.TradeEnded ended) {
            message.setTradeResult(result(ended));
        } else if (event instanceof PersonalEvent.TurnDone) {
            message.setTurnDone(TurnDone.getDefaultInstance());
        } else if (event instanceof PersonalEvent.Custom custom) {
            message.setCustom(custom(custom.kind(), custom.payload()));
        }
        return message;
    }

    /** P-55: the player's goods have changed, other than by a trade of the room. */
    public static ServerMessage.Builder goodsChanged(GoodsChange change, String reason) {
        return ServerMessage.newBuilder()
                .setInventoryChanged(
                        InventoryChanged.newBuilder().setChange(change(change)).setReason(reason));
    }

    /** P-55: the player's goods have this version now, and nobody told this server how they changed. */
    public static ServerMessage.Builder inventoryRead(long version, String reason) {
        return ServerMessage.newBuilder()
                .setInventoryChanged(
                        InventoryChanged.newBuilder().setVersion(version).setReason(reason));
    }

    /** The answer to a player who asks again how a trade ended. */
    public static ServerMessage.Builder firstOutcome(int replyTo, SettledTrade trade) {
        return event(replyTo, new PersonalEvent.TradeEnded(trade, null));
    }

    private static TradeResult.Builder result(PersonalEvent.TradeEnded ended) {
        SettledTrade trade = ended.trade();
        TradeResult.Builder result = TradeResult.newBuilder()
                .setTradeId(uuid(trade.id().uuid()))
                .setFrom(trade.proposer().name())
                .setTo(trade.partner().name())
                .setOutcome(trade.outcome())
                .setReason(trade.reason());
        GoodsChange change = ended.change();
        return change == null ? result : result.setChange(change(change));
    }

    private static CustomEvent custom(int kind, byte[] payload) {
        return CustomEvent.newBuilder()
                .setKind(kind)
                .setPayload(ByteString.copyFrom(payload))
                .build();
    }

    /** P-86: without a number. */
    static ServerMessage volatileEvent(ByteString payload) {
        return ServerMessage.newBuilder()
                .setCustom(CustomEvent.newBuilder().setPayload(payload))
                .build();
    }

    static tavern.protocol.v1.Entity entity(Entity entity) {
        return tavern.protocol.v1.Entity.newBuilder()
                .setId(entity.id())
                .setPlayer(entity.player().name())
                .setX(entity.x())
                .setY(entity.y())
                .setSeq(entity.seq())
                .build();
    }

    /** P-36: an entity that is in the room, but out of view. */
    static tavern.protocol.v1.Entity away(int entity, String player) {
        return tavern.protocol.v1.Entity.newBuilder()
                .setId(entity)
                .setPlayer(player)
                .setAway(true)
                .build();
    }
}
