package tavern.client;

import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ServerMessage;

/** Applies messages to the view of the room and passes them to the listener, except those that change the session. */
final class Events {
    private Events() {}

    static void dispatch(ServerMessage message, @Nullable ClientRoom room, ClientListener listener) {
        switch (message.getBodyCase()) {
            case FULL_STATE, PLAYER_JOINED, PLAYER_LEFT, TICK_RATE -> {
                // Without a room, the message is about one that was just left.
                if (room != null) {
                    change(room, message, listener);
                }
            }
            case CHAT -> listener.onChat(message.getChat(), message.getRoomSeq());
            case MOVE_REJECTED ->
                listener.onMoveRejected(
                        message.getReplyTo(),
                        message.getMoveRejected().getX(),
                        message.getMoveRejected().getY());
            case WHISPER -> listener.onWhisper(message.getWhisper());
            case TRADE_OFFERED -> listener.onTradeOffered(message.getTradeOffered());
            case TRADE_RESULT -> listener.onTradeResult(message.getTradeResult());
            case INVENTORY_CHANGED -> listener.onInventoryChanged(message.getInventoryChanged());
            case CUSTOM -> {
                // P-86: volatile events have no number.
                if (message.getRoomSeq() == 0 && message.getSessionSeq() == 0) {
                    listener.onVolatile(message.getCustom());
                } else {
                    listener.onCustom(message.getCustom());
                }
            }
            case SNAPSHOT -> listener.onFault("a snapshot with other fields in its envelope");
            case PONG,
                    ERROR,
                    ROOM_LIST,
                    WHISPER_DELIVERED,
                    TRADE_OPENED,
                    REPLAYED,
                    INVENTORY_PAGE,
                    TURN_DONE,
                    LEADERBOARD -> {}
            default -> listener.onOther(message);
        }
    }

    private static void change(ClientRoom room, ServerMessage message, ClientListener listener) {
        if (message.hasFullState()) {
            listener.beforeFullState(room);
            room.replace(message.getFullState());
            listener.onRoomFilled(room);
        } else if (message.hasPlayerJoined()) {
            listener.onPlayerJoined(room, room.add(message.getPlayerJoined().getEntity()));
        } else if (message.hasTickRate()) {
            double before = room.timeRate();
            room.pass(message.getTickRate().getPermille());
            listener.onTimeRate(room, before);
        } else {
            room.remove(message.getPlayerLeft().getId());
            listener.onPlayerLeft(room, message.getPlayerLeft());
        }
    }
}
