package tavern.server.room;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.UUID;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.CustomEvent;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.Left;
import tavern.protocol.v1.PlayerJoined;
import tavern.protocol.v1.PlayerLeft;
import tavern.protocol.v1.Redirect;
import tavern.protocol.v1.RoomResumed;
import tavern.protocol.v1.RoomSuspended;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffered;
import tavern.protocol.v1.TradeOpened;
import tavern.protocol.v1.TradeResult;
import tavern.server.cluster.Node;
import tavern.server.game.Entity;
import tavern.server.game.Goods;
import tavern.server.game.Inventory;
import tavern.server.game.PersonalEvent;
import tavern.server.game.RoomEvent;
import tavern.server.game.RoomId;
import tavern.server.game.SettledTrade;

/** The rules' words as messages of the protocol. */
public final class Wire {
    private Wire() {}

    public static ServerMessage error(int replyTo, ErrorCode code, String text, long retryAfterMillis) {
        Error.Builder error = Error.newBuilder().setCode(code).setText(text).setRetryAfterMs((int)
                Math.min(retryAfterMillis, Integer.MAX_VALUE));
        return ServerMessage.newBuilder().setReplyTo(replyTo).setError(error).build();
    }

    public static ServerMessage left(int replyTo, String room) {
        return ServerMessage.newBuilder()
                .setReplyTo(replyTo)
                .setLeft(Left.newBuilder().setRoom(room))
                .build();
    }

    /** Without a ticket: the player's own token is good everywhere. */
    public static ServerMessage redirect(int replyTo, RoomId room, Node holder) {
        return ServerMessage.newBuilder()
                .setReplyTo(replyTo)
                .setRedirect(Redirect.newBuilder()
                        .setHost(holder.host())
                        .setPort(holder.port())
                        .setRoom(room.name()))
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

    public static tavern.protocol.v1.Inventory inventory(Inventory inventory) {
        var message = tavern.protocol.v1.Inventory.newBuilder().setVersion(inventory.version());
        inventory.stacks().forEach((kind, count) -> message.addStacks(stack(kind, count)));
        inventory
                .items()
                .forEach((id, kind) ->
                        message.addItems(Item.newBuilder().setId(id).setKind(kind)));
        return message.build();
    }

    public static tavern.protocol.v1.Goods goods(Goods goods) {
        var message = tavern.protocol.v1.Goods.newBuilder();
        goods.stacks().forEach((kind, count) -> message.addStacks(stack(kind, count)));
        return message.addAllItemIds(goods.items()).build();
    }

    private static Stack stack(String kind, long count) {
        return Stack.newBuilder().setKind(kind).setCount(count).build();
    }

    public static ByteString uuid(UUID uuid) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES);
        bytes.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
        return ByteString.copyFrom(bytes.flip());
    }

    /** @param withPlaces false: where somebody appears is told to those who see it (P-37) */
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
        } else if (event instanceof PersonalEvent.Custom custom) {
            message.setCustom(custom(custom.kind(), custom.payload()));
        }
        return message;
    }

    private static TradeResult.Builder result(PersonalEvent.TradeEnded ended) {
        SettledTrade trade = ended.trade();
        TradeResult.Builder result = TradeResult.newBuilder()
                .setTradeId(uuid(trade.id().uuid()))
                .setFrom(trade.proposer().name())
                .setTo(trade.partner().name())
                .setOutcome(trade.outcome())
                .setReason(trade.reason());
        Inventory inventory = ended.inventory();
        return inventory == null ? result : result.setInventory(inventory(inventory));
    }

    private static CustomEvent custom(int kind, byte[] payload) {
        return CustomEvent.newBuilder()
                .setKind(kind)
                .setPayload(ByteString.copyFrom(payload))
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

    /** P-36: in the room, but out of view. */
    static tavern.protocol.v1.Entity away(int entity, String player) {
        return tavern.protocol.v1.Entity.newBuilder()
                .setId(entity)
                .setPlayer(player)
                .setAway(true)
                .build();
    }
}
