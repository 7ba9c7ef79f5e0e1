package tavern.bench.load;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.CorruptedFrameException;
import org.jspecify.annotations.Nullable;
import tavern.bench.wire.Varints;
import tavern.protocol.Protocol;
import tavern.protocol.v1.Bye;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.FullState;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;

/** Speaks Tavern's protocol. Frequent messages are encoded and decoded by hand. */
final class TavernPlayer extends LoadPlayer {
    private static final int TAG_SEQ = ClientMessage.SEQ_FIELD_NUMBER << 3;
    private static final int TAG_MOVE = ClientMessage.MOVE_FIELD_NUMBER << 3 | 2;
    private static final int TAG_CHAT = ClientMessage.CHAT_FIELD_NUMBER << 3 | 2;
    private static final int TAG_PING = ClientMessage.PING_FIELD_NUMBER << 3 | 2;
    private static final int TAG_1_NUMBER = 1 << 3;
    private static final int TAG_2_NUMBER = 2 << 3;
    private static final int TAG_1_BYTES = 1 << 3 | 2;
    private static final int TAG_1_LONG = 1 << 3 | 1;

    private static final int SNAPSHOT = ServerMessage.SNAPSHOT_FIELD_NUMBER;
    private static final int IDS = 2;
    private static final int SEQS = 5;

    /** Entities that come into view in rooms with interest management; their positions and numbers are absolute. */
    private static final int ENTERED_IDS = 6;

    private static final int ANEW = 11;

    private static final int ENTERED_SEQS = 9;
    private static final int CHAT_PLAYER = 1;
    private static final int CHAT_SEQ = 3;

    private final String room;
    private final String type;
    private final String name;
    private int seq;
    private int self;

    /** The watched player's entity id, or 0 if not known yet. */
    private int watchedId;

    private int watchedSeq;

    /** @param type of the room; empty for the built-in rules */
    TavernPlayer(LoadLoop loop, String room, String type, String name, int place) {
        super(loop, place);
        this.room = room;
        this.type = type;
        this.name = name;
    }

    @Override
    int nextSeq() {
        return ++seq;
    }

    @Override
    ByteBuf hello() {
        ByteBuf out = buffer(128);
        frame(
                out,
                ClientMessage.newBuilder()
                        .setSeq(nextSeq())
                        .setHello(Hello.newBuilder()
                                .setProtocolVersion(Protocol.VERSION_MAX)
                                .setToken(name))
                        .build());
        return out;
    }

    @Override
    @Nullable
    ByteBuf byeFrame() {
        ByteBuf out = buffer(16);
        frame(
                out,
                ClientMessage.newBuilder()
                        .setSeq(nextSeq())
                        .setBye(Bye.getDefaultInstance())
                        .build());
        return out;
    }

    private static void frame(ByteBuf out, MessageLite message) {
        Varints.write(out, message.getSerializedSize());
        out.writeBytes(message.toByteArray());
    }

    @Override
    ByteBuf moveFrame(int number, int toX, int toY) {
        int zigX = Varints.zigZag(toX);
        int zigY = Varints.zigZag(toY);
        int body = 2 + Varints.bytes(zigX) + Varints.bytes(zigY);
        ByteBuf out = begin(number, TAG_MOVE, body);
        out.writeByte(TAG_1_NUMBER);
        Varints.write(out, zigX);
        out.writeByte(TAG_2_NUMBER);
        Varints.write(out, zigY);
        return out;
    }

    @Override
    ByteBuf chatFrame(int number) {
        ByteBuf out = begin(number, TAG_CHAT, 2 + TEXT.length);
        out.writeByte(TAG_1_BYTES).writeByte(TEXT.length);
        return out.writeBytes(TEXT);
    }

    @Override
    ByteBuf pingFrame(long nonce) {
        ByteBuf out = begin((int) nonce, TAG_PING, 1 + Long.BYTES);
        return out.writeByte(TAG_1_LONG).writeLongLE(nonce);
    }

    private ByteBuf begin(int number, int tag, int body) {
        int message = 1 + Varints.bytes(number) + 1 + Varints.bytes(body) + body;
        ByteBuf out = buffer(message + 5);
        Varints.write(out, message);
        out.writeByte(TAG_SEQ);
        Varints.write(out, number);
        out.writeByte(tag);
        Varints.write(out, body);
        return out;
    }

    // ---- from the server ----

    @Override
    protected void frame(ByteBuf in, int start, int end) {
        cursor.over(in, start, end);
        while (!cursor.isAtEnd()) {
            int tag = cursor.varint();
            switch (tag >>> 3) {
                case ServerMessage.REPLY_TO_FIELD_NUMBER,
                        ServerMessage.ROOM_SEQ_FIELD_NUMBER,
                        ServerMessage.SESSION_SEQ_FIELD_NUMBER -> cursor.skip(tag);
                case SNAPSHOT -> {
                    snapshot(end - start);
                    return;
                }
                case ServerMessage.CHAT_FIELD_NUMBER -> {
                    chatted(in);
                    return;
                }
                case ServerMessage.PONG_FIELD_NUMBER -> {
                    pong();
                    return;
                }
                case ServerMessage.PLAYER_LEFT_FIELD_NUMBER -> {
                    return;
                }
                case ServerMessage.PLAYER_JOINED_FIELD_NUMBER -> {
                    if (watched() != null && watchedId == 0) {
                        watch(parse(in, start, end).getPlayerJoined().getEntity());
                    }
                    return;
                }
                default -> {
                    hear(parse(in, start, end));
                    return;
                }
            }
        }
    }

    /** Counts the other players in the snapshot; for a watcher, also reads the watched player's number. */
    private void snapshot(int bytes) {
        int length = cursor.varint();
        int end = cursor.position() + length;
        int updates = 0;
        boolean anew = false;
        int at = -1;
        while (cursor.position() < end) {
            int tag = cursor.varint();
            int number = tag >>> 3;
            if (number == IDS || number == ENTERED_IDS) {
                int until = cursor.varint();
                until += cursor.position();
                at = -1;
                int id = 0;
                for (int i = 0; cursor.position() < until; i++) {
                    id += cursor.varint();
                    if (id != self) {
                        updates++;
                    }
                    if (id == watchedId) {
                        at = i;
                    }
                }
            } else if (at >= 0 && watchedId > 0 && (number == SEQS || number == ENTERED_SEQS)) {
                int until = cursor.varint();
                until += cursor.position();
                int value = 0;
                for (int i = 0; i <= at; i++) {
                    value = cursor.varint();
                }
                if (number == SEQS) {
                    watchedSeq += value;
                    loop.seen(watched(), watchedSeq);
                } else {
                    // The player moved before it came into view, so the time since then is no delay.
                    watchedSeq = value;
                }
                cursor.position(until);
            } else if (number == ANEW) {
                anew = cursor.varint() != 0;
            } else {
                cursor.skip(tag);
            }
        }
        Counts counts = loop.counts();
        counts.snapshots++;
        if (anew) {
            // A whole view is not an update; it also replaces a snapshot that the server skipped.
            counts.statesAnew++;
        } else {
            counts.updates += updates;
        }
        counts.snapshotBytes += Varints.bytes(bytes) + bytes;
    }

    private void chatted(ByteBuf in) {
        loop.counts().chats++;
        if (watched() == null) {
            return;
        }
        int length = cursor.varint();
        int end = cursor.position() + length;
        int player = -1;
        int number = 0;
        while (cursor.position() < end) {
            int tag = cursor.varint();
            if (tag >>> 3 == CHAT_PLAYER) {
                int nameBytes = cursor.varint();
                player = loop.indexOf(in, cursor.position(), nameBytes);
                cursor.position(cursor.position() + nameBytes);
            } else if (tag >>> 3 == CHAT_SEQ) {
                number = cursor.varint();
            } else {
                cursor.skip(tag);
            }
        }
        loop.seen(loop.player(player), number);
    }

    private static ServerMessage parse(ByteBuf in, int start, int end) {
        try {
            return ServerMessage.parseFrom(ByteBufUtil.getBytes(in, start, end - start));
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptedFrameException(e);
        }
    }

    private void hear(ServerMessage message) {
        switch (message.getBodyCase()) {
            case WELCOME -> {
                ByteBuf out = buffer(64);
                frame(
                        out,
                        ClientMessage.newBuilder()
                                .setSeq(nextSeq())
                                .setJoinRoom(JoinRoom.newBuilder().setRoom(room).setType(type))
                                .build());
                send(out);
            }
            case JOINED -> enter(message.getJoined());
            case FULL_STATE -> {
                loop.counts().statesAnew++;
                know(message.getFullState());
            }
            case TICK_RATE -> timePasses(message.getTickRate().getPermille());
            case MOVE_REJECTED -> {
                loop.counts().movesRejected++;
                backTo(
                        message.getMoveRejected().getX(),
                        message.getMoveRejected().getY());
            }
            case ERROR ->
                loop.counts()
                        .error(message.getError().getCode() + ": "
                                + message.getError().getText());
            default -> {
                // Not counted.
            }
        }
    }

    private void enter(Joined entered) {
        self = entered.getSelf();
        know(entered.getState());
        for (Entity entity : entered.getState().getEntitiesList()) {
            if (entity.getId() == self) {
                standAt(
                        entity.getX(),
                        entity.getY(),
                        entered.getMapWidth(),
                        entered.getMapHeight(),
                        entered.getMaxSpeed());
            }
        }
        joined();
    }

    private void know(FullState state) {
        timePasses(state.getTickRatePermille());
        if (watched() != null) {
            state.getEntitiesList().forEach(this::watch);
        }
    }

    private void watch(Entity entity) {
        if (watched() instanceof TavernPlayer other && other.name.equals(entity.getPlayer())) {
            watchedId = entity.getId();
            watchedSeq = entity.getSeq();
        }
    }
}
