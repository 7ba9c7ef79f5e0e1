package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * P-31: encodes the moves since the last tick as differences to what was sent last, once for all who see the same.
 *
 * <p>Use either {@link #encode(int, ByteBufAllocator)} for the whole room, or, where places are sent by cells (P-37),
 * one snapshot for each view of the room, then {@link #commit}, then full views where they are needed.
 *
 * <p>Writes the protobuf wire format by hand, into reused arrays: a tick makes no garbage except its buffer.
 */
@OnRoomThread
final class SnapshotEncoder {
    private static final int TAG_SNAPSHOT = (4 << 3) | 2;
    private static final int TAG_TICK = 1 << 3;
    private static final int TAG_ANEW = 11 << 3;
    private static final int VARINT_BYTES_MAX = 5;

    private final Field ids = new Field(2);
    private final Field xs = new Field(3);
    private final Field ys = new Field(4);
    private final Field seqs = new Field(5);
    private final Field enteredIds = new Field(6);
    private final Field enteredXs = new Field(7);
    private final Field enteredYs = new Field(8);
    private final Field enteredSeqs = new Field(9);
    private final Field leftIds = new Field(10);
    private final Field[] fields = {ids, xs, ys, seqs, enteredIds, enteredXs, enteredYs, enteredSeqs, leftIds};

    // Indexed by entity id: what was sent last, and what is sent next.
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

    /** All members know that the entity is at this place, from an event or a full state. */
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

    /** The entity is gone: nothing more about it is sent. */
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

    int nextX(int id) {
        return nextX[id];
    }

    int nextY(int id) {
        return nextY[id];
    }

    /** The tick of the newest snapshot: full states are as of this tick. */
    int sentTick() {
        return sentTick;
    }

    /** The snapshot of all changes as a frame, or null when there was none. */
    @Nullable
    ByteBuf encode(int tick, ByteBufAllocator allocator) {
        if (changedCount == 0) {
            return null;
        }
        sortChanges();
        clearMoved(changedCount);
        int previousId = 0;
        for (int i = 0; i < changedCount; i++) {
            int id = changedIds[i];
            addMoved(id, previousId);
            commitOne(id);
            previousId = id;
        }
        changedCount = 0;
        sentTick = tick;
        return write(tick, false, allocator);
    }

    // ---- by views ----

    /** Sorts the pending changes by ascending entity id. @return how many there are */
    int sortChanges() {
        Arrays.sort(changedIds, 0, changedCount);
        return changedCount;
    }

    int change(int index) {
        return changedIds[index];
    }

    /** P-37: encodes the changes in one view; all ids are ascending. Call it before {@link #commit}. */
    ByteBuf encode(int tick, Ids moved, Ids entered, Ids left, ByteBufAllocator allocator) {
        clearMoved(moved.size());
        int previousId = 0;
        for (int i = 0; i < moved.size(); i++) {
            addMoved(moved.get(i), previousId);
            previousId = moved.get(i);
        }
        setEntered(entered, nextX, nextY, nextSeq);
        leftIds.clear(left.size());
        previousId = 0;
        for (int i = 0; i < left.size(); i++) {
            leftIds.add(left.get(i) - previousId);
            previousId = left.get(i);
        }
        return write(tick, false, allocator);
    }

    /** P-38: encodes one complete view, ids ascending. Call it after {@link #commit}. */
    ByteBuf encodeAnew(int tick, Ids inView, ByteBufAllocator allocator) {
        clearMoved(0);
        leftIds.clear(0);
        // Uses the places sent last: pending changes follow as differences to those.
        setEntered(inView, sentX, sentY, sentSeq);
        return write(tick, true, allocator);
    }

    /** Marks all pending changes as sent. */
    void commit(int tick) {
        for (int i = 0; i < changedCount; i++) {
            commitOne(changedIds[i]);
        }
        changedCount = 0;
        sentTick = tick;
    }

    private void commitOne(int id) {
        changed[id] = false;
        sentX[id] = nextX[id];
        sentY[id] = nextY[id];
        sentSeq[id] = nextSeq[id];
    }

    private void clearMoved(int values) {
        ids.clear(values);
        xs.clear(values);
        ys.clear(values);
        seqs.clear(values);
    }

    private void addMoved(int id, int previousId) {
        ids.add(id - previousId);
        xs.add(zigZag(nextX[id] - sentX[id]));
        ys.add(zigZag(nextY[id] - sentY[id]));
        seqs.add(nextSeq[id] - sentSeq[id]);
    }

    private void setEntered(Ids entered, int[] x, int[] y, int[] seq) {
        enteredIds.clear(entered.size());
        enteredXs.clear(entered.size());
        enteredYs.clear(entered.size());
        enteredSeqs.clear(entered.size());
        int previousId = 0;
        for (int i = 0; i < entered.size(); i++) {
            int id = entered.get(i);
            enteredIds.add(id - previousId);
            enteredXs.add(x[id]);
            enteredYs.add(y[id]);
            enteredSeqs.add(seq[id]);
            previousId = id;
        }
    }

    private ByteBuf write(int tick, boolean anew, ByteBufAllocator allocator) {
        int bodyBytes = 1 + varintBytes(tick) + (anew ? 2 : 0);
        for (Field field : fields) {
            bodyBytes += field.encodedBytes();
        }
        int messageBytes = 1 + varintBytes(bodyBytes) + bodyBytes;
        ByteBuf out = Frames.buffer(allocator, varintBytes(messageBytes) + messageBytes);
        writeVarint(out, messageBytes);
        out.writeByte(TAG_SNAPSHOT);
        writeVarint(out, bodyBytes);
        out.writeByte(TAG_TICK);
        writeVarint(out, tick);
        for (Field field : fields) {
            field.write(out);
        }
        if (anew) {
            out.writeByte(TAG_ANEW);
            out.writeByte(1);
        }
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

    /** A packed repeated field. */
    private static final class Field {
        private final int tag;
        private byte[] bytes = new byte[64];
        private int length;

        Field(int number) {
            tag = (number << 3) | 2;
        }

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
            return length == 0 ? 0 : 1 + varintBytes(length) + length;
        }

        void write(ByteBuf out) {
            if (length > 0) {
                out.writeByte(tag);
                writeVarint(out, length);
                out.writeBytes(bytes, 0, length);
            }
        }
    }
}
