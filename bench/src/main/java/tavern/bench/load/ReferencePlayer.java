package tavern.bench.load;

import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import tavern.bench.reference.ReferenceMessages;
import tavern.bench.wire.Varints;

/** Speaks the reference's protocol. It chooses its own position, which the reference does not check. */
final class ReferencePlayer extends LoadPlayer {
    /** Tavern's default map size and speed, in steps. */
    private static final int MAP = 3_200;

    private static final int MAX_SPEED = 160;

    private final int room;
    private int seq;
    private int self;

    ReferencePlayer(LoadLoop loop, int room, int place) {
        super(loop, place);
        this.room = room;
        SplittableRandom random = new SplittableRandom(loop.nextSeed());
        standAt(random.nextInt(MAP), random.nextInt(MAP), MAP, MAP, MAX_SPEED);
    }

    @Override
    int nextSeq() {
        return ++seq;
    }

    @Override
    ByteBuf hello() {
        ByteBuf out = begin(ReferenceMessages.ENTER, 1 + Varints.bytes(room));
        out.writeByte(ReferenceMessages.NUMBER_1);
        Varints.write(out, room);
        return out;
    }

    @Override
    ByteBuf moveFrame(int number, int toX, int toY) {
        ByteBuf out =
                begin(ReferenceMessages.MOVE, 3 + Varints.bytes(number) + Varints.bytes(toX) + Varints.bytes(toY));
        out.writeByte(ReferenceMessages.NUMBER_1);
        Varints.write(out, number);
        out.writeByte(ReferenceMessages.NUMBER_2);
        Varints.write(out, toX);
        out.writeByte(ReferenceMessages.NUMBER_3);
        Varints.write(out, toY);
        return out;
    }

    @Override
    ByteBuf chatFrame(int number) {
        ByteBuf out = begin(ReferenceMessages.CHAT, 1 + Varints.bytes(number) + 2 + TEXT.length);
        out.writeByte(ReferenceMessages.NUMBER_1);
        Varints.write(out, number);
        out.writeByte(ReferenceMessages.BYTES_2).writeByte(TEXT.length);
        return out.writeBytes(TEXT);
    }

    @Override
    ByteBuf pingFrame(long nonce) {
        return begin(ReferenceMessages.PING, 1 + Long.BYTES)
                .writeByte(ReferenceMessages.LONG_1)
                .writeLongLE(nonce);
    }

    @Override
    @Nullable
    ByteBuf byeFrame() {
        return null;
    }

    private ByteBuf begin(int tag, int body) {
        ByteBuf out = buffer(body + 8);
        Varints.write(out, 1 + Varints.bytes(body) + body);
        out.writeByte(tag);
        Varints.write(out, body);
        return out;
    }

    @Override
    protected void frame(ByteBuf in, int start, int end) {
        cursor.over(in, start, end);
        int kind = cursor.varint();
        cursor.varint(); // the length of the rest of the frame
        switch (kind) {
            case ReferenceMessages.POSITIONS -> positions(end, end - start);
            case ReferenceMessages.CHATTED -> chatted();
            case ReferenceMessages.PONG -> pong();
            case ReferenceMessages.ENTERED -> {
                cursor.varint();
                self = cursor.varint();
                loop.knownAs(self, this);
                joined();
            }
            default -> throw new IllegalArgumentException("unknown message tag " + kind);
        }
    }

    private void positions(int end, int bytes) {
        cursor.varint();
        cursor.varint(); // the tick
        cursor.varint();
        cursor.varint(); // the length of the rest of the frame
        int watchedId = watched() instanceof ReferencePlayer other ? other.self : 0;
        int updates = 0;
        while (cursor.position() < end) {
            int id = cursor.varint();
            cursor.varint();
            cursor.varint();
            int number = cursor.varint();
            if (id != self) {
                updates++;
            }
            if (id == watchedId) {
                loop.seen(watched(), number);
            }
        }
        Counts counts = loop.counts();
        counts.snapshots++;
        counts.updates += updates;
        counts.snapshotBytes += Varints.bytes(bytes) + bytes;
    }

    private void chatted() {
        loop.counts().chats++;
        if (watched() != null) {
            cursor.varint();
            int id = cursor.varint();
            cursor.varint();
            loop.seen(loop.known(id), cursor.varint());
        }
    }
}
