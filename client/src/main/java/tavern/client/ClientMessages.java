package tavern.client;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.UUID;
import tavern.protocol.v1.Chat;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.GetInventory;
import tavern.protocol.v1.GetLeaderboard;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.LeaveRoom;
import tavern.protocol.v1.ListRooms;
import tavern.protocol.v1.Ping;
import tavern.protocol.v1.RoomOptions;
import tavern.protocol.v1.TradeAccept;
import tavern.protocol.v1.TradeCancel;
import tavern.protocol.v1.TradeDecline;
import tavern.protocol.v1.Whisper;

/** Builds a client's requests, complete except for their seq. */
final class ClientMessages {
    private ClientMessages() {}

    private static ClientMessage.Builder message() {
        return ClientMessage.newBuilder();
    }

    static ClientMessage.Builder join(String room, JoinOptions options) {
        JoinRoom.Builder join =
                JoinRoom.newBuilder().setRoom(room).setType(options.type()).setTicket(options.ticket());
        if (!options.room().equals(RoomOptions.getDefaultInstance())) {
            join.setOptions(options.room());
        }
        return message().setJoinRoom(join);
    }

    static ClientMessage.Builder leave() {
        return message().setLeaveRoom(LeaveRoom.getDefaultInstance());
    }

    static ClientMessage.Builder list(String prefix, String after, int max) {
        return message()
                .setListRooms(
                        ListRooms.newBuilder().setPrefix(prefix).setAfter(after).setMax(max));
    }

    static ClientMessage.Builder leaderboard(GetLeaderboard request) {
        return message().setGetLeaderboard(request);
    }

    static ClientMessage.Builder inventory() {
        return message().setGetInventory(GetInventory.getDefaultInstance());
    }

    static ClientMessage.Builder chat(String text) {
        return message().setChat(Chat.newBuilder().setText(text));
    }

    static ClientMessage.Builder whisper(String to, String text) {
        return message().setWhisper(Whisper.newBuilder().setTo(to).setText(text));
    }

    static ClientMessage.Builder accept(String from, ByteString tradeId) {
        return message().setTradeAccept(TradeAccept.newBuilder().setFrom(from).setTradeId(tradeId));
    }

    static ClientMessage.Builder decline(String from, ByteString tradeId) {
        return message().setTradeDecline(TradeDecline.newBuilder().setFrom(from).setTradeId(tradeId));
    }

    static ClientMessage.Builder cancel(ByteString tradeId) {
        return message().setTradeCancel(TradeCancel.newBuilder().setTradeId(tradeId));
    }

    static ByteString bytes(UUID id) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES);
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return ByteString.copyFrom(bytes.flip());
    }

    static ClientMessage.Builder ping(long nonce) {
        return message().setPing(Ping.newBuilder().setNonce(nonce));
    }
}
