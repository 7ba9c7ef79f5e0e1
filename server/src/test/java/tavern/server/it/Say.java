package tavern.server.it;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import tavern.protocol.Protocol;
import tavern.protocol.v1.Bye;
import tavern.protocol.v1.Chat;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Custom;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.LeaveRoom;
import tavern.protocol.v1.ListRooms;
import tavern.protocol.v1.Move;
import tavern.protocol.v1.Ping;
import tavern.protocol.v1.RoomOptions;
import tavern.protocol.v1.TradeAccept;
import tavern.protocol.v1.TradeCancel;
import tavern.protocol.v1.TradeDecline;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.Whisper;

/** Messages, and bytes that pretend to be some. */
final class Say {
    private Say() {}

    static ClientMessage.Builder hello(String token) {
        return ClientMessage.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocolVersion(Protocol.VERSION_MAX)
                        .setToken(token));
    }

    static ClientMessage.Builder bye() {
        return ClientMessage.newBuilder().setBye(Bye.getDefaultInstance());
    }

    static ClientMessage.Builder chat(String text) {
        return ClientMessage.newBuilder().setChat(Chat.newBuilder().setText(text));
    }

    static ClientMessage.Builder whisper(String to, String text) {
        return ClientMessage.newBuilder()
                .setWhisper(Whisper.newBuilder().setTo(to).setText(text));
    }

    static ClientMessage.Builder move(int x, int y) {
        return ClientMessage.newBuilder().setMove(Move.newBuilder().setX(x).setY(y));
    }

    static ClientMessage.Builder join(String room) {
        return join(room, RoomOptions.getDefaultInstance());
    }

    static ClientMessage.Builder join(String room, RoomOptions options) {
        return ClientMessage.newBuilder()
                .setJoinRoom(JoinRoom.newBuilder().setRoom(room).setOptions(options));
    }

    static ClientMessage.Builder leave() {
        return ClientMessage.newBuilder().setLeaveRoom(LeaveRoom.getDefaultInstance());
    }

    static ClientMessage.Builder list(String prefix, int max) {
        return ClientMessage.newBuilder()
                .setListRooms(ListRooms.newBuilder().setPrefix(prefix).setMax(max));
    }

    static ClientMessage.Builder ping() {
        return ClientMessage.newBuilder().setPing(Ping.getDefaultInstance());
    }

    static ClientMessage.Builder custom() {
        return ClientMessage.newBuilder().setCustom(Custom.newBuilder().setKind(7));
    }

    static ClientMessage.Builder offer(ByteString id, String to, Goods give, Goods want) {
        return ClientMessage.newBuilder()
                .setTradeOffer(TradeOffer.newBuilder()
                        .setTradeId(id)
                        .setTo(to)
                        .setGive(give)
                        .setWant(want));
    }

    static ClientMessage.Builder accept(UUID id, String from) {
        return ClientMessage.newBuilder()
                .setTradeAccept(
                        TradeAccept.newBuilder().setTradeId(RawClient.bytes(id)).setFrom(from));
    }

    static ClientMessage.Builder decline(UUID id, String from) {
        return ClientMessage.newBuilder()
                .setTradeDecline(TradeDecline.newBuilder()
                        .setTradeId(RawClient.bytes(id))
                        .setFrom(from));
    }

    static ClientMessage.Builder cancel(UUID id) {
        return ClientMessage.newBuilder()
                .setTradeCancel(TradeCancel.newBuilder().setTradeId(RawClient.bytes(id)));
    }

    // ---- bytes ----

    static byte[] frame(int seq, ClientMessage.Builder message) {
        return frame(message.setSeq(seq).build().toByteArray());
    }

    /** A frame: the length, and the bytes. */
    static byte[] frame(byte[] payload) {
        return concat(varint(payload.length), payload);
    }

    static byte[] varint(long value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeUInt64NoTag(value);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** The same bytes again and again. */
    static byte[] repeat(int times, byte... bytes) {
        byte[] all = new byte[times * bytes.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = bytes[i % bytes.length];
        }
        return all;
    }
}
