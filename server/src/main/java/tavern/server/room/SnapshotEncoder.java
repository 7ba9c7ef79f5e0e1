package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * P-31: who moved since the last tick, as differences to what was last sent, encoded once for the whole room.
 *
 * <p>Writes the protobuf wire format by hand, into arrays that are used again: a tick makes no garbage but its buffer.
 */
@OnRoomThread
final class SnapshotEncoder {
    private static final int TAG_SNAPSHOT = (4 << 3) | 2;
    private static final int TAG_TICK = 1 << 3;
    private static final int TAG_IDS = (2 << 3) | 2;
    private static final int TAG_XS = (3 << 3) | 2;
    private static final int TAG_YS = (4 << 3) | 2;
    private static final int TAG_SEQS = (5 << 3) | 2;
    private static final int VARINT_BYTES_MAX = 5;

    private final Field ids = new Field();
    private final Field xs = new Field();
    private final Field ys = new Field();
    private final Field seqs = new Field();

    // By entity id: what was last sent, and what goes out next.
    private int[] sentX = new int[32];
    private int[] sentY = new int[32];
    private int[] sentSeq = new int[32];
    private int[] nextX = new int[32];
    private int[] nextY = new int[32];
    private int[] nextSeq = new int[32];
    private boolean[] changed = new boolean[32];
    private int[] changedIds = new int[32];
    private int changedCount;
    private int sentTick;

    /** The entity is known to all at this place: from an event or a full state. */
    void place(int id, int x, int y, int seq) {
        ensureCapacity(id);
        sentX[id] = nextX[id] = x;
        sentY[id] = nextY[id] = y;
        sentSeq[id] = nextSeq[id] = seq;
    }

    void moved(int id, int x, int y, int seq) {
        ensureCapacity(id);
        nextX[id] = x;
        nextY[id] = y;
        nextSeq[id] = seq;
        if (!changed[id]) {
            changed[id] = true;
            changedIds[changedCount++] = id;
        }
    }

    /** The entity is gone: nothing of it goes out any more. */
    void remove(int id) {
        ensureCapacity(id);
        if (changed[id]) {
            changed[id] = false;
            int kept = 0;
            for (int i = 0; i < changedCount; i++) {
                if (changedIds[i] != id) {
                    changedIds[kept++] = changedIds[i];
                }
            }
            changedCount = kept;
        }
    }

    int sentX(int id) {
        return sentX[id];
    }

    int sentY(int id) {
        return sentY[id];
    }

    int sentSeq(int id) {
        return sentSeq[id];
    }

    /** The tick of the newest snapshot: full states are as of this. */
    int sentTick() {
        return sentTick;
    }

    /** The snapshot of all changes as a frame, or null when there was none. */
    @Nullable
    ByteBuf encode(int tick, ByteBufAllocator allocator) {
        if (changedCount == 0) {
            return null;
        }
        Arrays.sort(changedIds, 0, changedCount);
        ids.clear(changedCount);
        xs.clear(changedCount);
        ys.clear(changedCount);
        seqs.clear(changedCount);
        int previousId = 0;
        for (int i = 0; i < changedCount; i++) {
            int id = changedIds[i];
            changed[id] = false;
            ids.add(id - previousId);
            xs.add(zigZag(nextX[id] - sentX[id]));
            ys.add(zigZag(nextY[id] - sentY[id]));
            seqs.add(nextSeq[id] - sentSeq[id]);
            previousId = id;
            sentX[id] = nextX[id];
            sentY[id] = nextY[id];
            sentSeq[id] = nextSeq[id];
        }
        changedCount = 0;
        sentTick = tick;
        return write(tick, allocator);
    }

    private ByteBuf write(int tick, ByteBufAllocator allocator) {
        int bodyBytes = 1
                + varintBytes(tick)
                + ids.encodedBytes()
                + xs.encodedBytes()
                + ys.encodedBytes()
                + seqs.encodedBytes();
        int messageBytes = 1 + varintBytes(bodyBytes) + bodyBytes;
        ByteBuf out = allocator.directBuffer(messageBytes + VARINT_BYTES_MAX);
        writeVarint(out, messageBytes);
        out.writeByte(TAG_SNAPSHOT);
        writeVarint(out, bodyBytes);
        out.writeByte(TAG_TICK);
        writeVarint(out, tick);
        ids.write(TAG_IDS, out);
        xs.write(TAG_XS, out);
        ys.write(TAG_YS, out);
        seqs.write(TAG_SEQS, out);
        return out;
    }

    private void ensureCapacity(int id) {
        if (id < sentX.length) {
            return;
        }
        int capacity = Math.max(id + 1, sentX.length * 2);
        sentX = Arrays.copyOf(sentX, capacity);
        sentY = Arrays.copyOf(sentY, capacity);
        sentSeq = Arrays.copyOf(sentSeq, capacity);
        nextX = Arrays.copyOf(nextX, capacity);
        nextY = Arrays.copyOf(nextY, capacity);
        nextSeq = Arrays.copyOf(nextSeq, capacity);
        changed = Arrays.copyOf(changed, capacity);
        changedIds = Arrays.copyOf(changedIds, capacity);
    }

    private static int zigZag(int n) {
        return (n << 1) ^ (n >> 31);
    }

    private static int varintBytes(int value) {
        return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }

    private static void writeVarint(ByteBuf out, int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    /** One packed array. */
    private static final class Field {
        private byte[] bytes = new byte[64];
        private int length;

        void clear(int values) {
            length = 0;
            if (bytes.length < values * VARINT_BYTES_MAX) {
                bytes = new byte[values * VARINT_BYTES_MAX * 2];
            }
        }

        void add(int value) {
            int rest = value;
            while ((rest & ~0x7f) != 0) {
                bytes[length++] = (byte) ((rest & 0x7f) | 0x80);
                rest >>>= 7;
            }
            bytes[length++] = (byte) rest;
        }

        int encodedBytes() {
            return 1 + varintBytes(length) + length;
        }

        void write(int tag, ByteBuf out) {
            out.writeByte(tag);
            writeVarint(out, length);
            out.writeBytes(bytes, 0, length);
        }
    }
}
