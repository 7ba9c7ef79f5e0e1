package tavern.client;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;
import java.util.Arrays;
import tavern.protocol.v1.Snapshot;

/**
 * Reads {@link Snapshot} from the wire into reused arrays: most messages a client receives are snapshots, and the
 * generated parser allocates half a dozen objects for each.
 */
final class SnapshotReader {
    /** Tag of {@code ServerMessage.snapshot}: field 4, length-delimited. */
    private static final int SNAPSHOT_TAG = 4 << 3 | 2;

    private static final int TICK = 1;
    private static final int IDS = 2;
    private static final int LEFT_IDS = 10;
    private static final int ANEW = 11;
    private static final int APPEARED_IDS = 12;
    private static final int CHANGED_ATTRIBUTES = 18;
    private static final int CHANGED_VALUES = 19;

    // Columns, by field number minus IDS.
    private static final int ENTERED = 4;
    private static final int LEFT = 8;
    private static final int APPEARED = 10;
    private static final int VANISHED = 14;
    private static final int CHANGED = 15;
    private static final int COLUMNS = 17;

    /** The values as in the message: differences, with x and y still in zigzag encoding. */
    private final int[][] columns = new int[COLUMNS][16];

    private final int[] sizes = new int[COLUMNS];

    /** Differences of attributes, in zigzag encoding. */
    private long[] values = new long[16];

    private int valueCount;
    private int tick;
    private boolean anew;

    /**
     * Reads the message when it is a snapshot and nothing else; otherwise leaves the buffer as it is.
     *
     * @throws CorruptedFrameException when it is not a valid snapshot
     */
    boolean read(ByteBuf frame) {
        int start = frame.readerIndex();
        if (!frame.isReadable() || frame.getByte(start) != SNAPSHOT_TAG) {
            return false;
        }
        frame.readerIndex(start + 1);
        if (varint(frame) != frame.readableBytes()) {
            frame.readerIndex(start);
            return false;
        }
        tick = 0;
        anew = false;
        Arrays.fill(sizes, 0);
        valueCount = 0;
        while (frame.isReadable()) {
            field(frame, varint(frame));
        }
        requireEqualSizes();
        return true;
    }

    private void field(ByteBuf frame, int tag) {
        int number = tag >>> 3;
        int wireType = tag & 7;
        if (wireType == 0) {
            long value = varint64(frame);
            if (number == TICK) {
                tick = (int) value;
            } else if (number == ANEW) {
                anew = value != 0;
            } else if (isColumn(number)) {
                append(number - IDS, (int) value);
            } else if (number == CHANGED_VALUES) {
                appendValue(value);
            }
        } else if (wireType == 2) {
            int length = varint(frame);
            if (length < 0 || length > frame.readableBytes()) {
                throw new CorruptedFrameException("a snapshot that is truncated");
            }
            int end = frame.readerIndex() + length;
            if (isColumn(number)) {
                while (frame.readerIndex() < end) {
                    append(number - IDS, varint(frame));
                }
            } else if (number == CHANGED_VALUES) {
                while (frame.readerIndex() < end) {
                    appendValue(varint64(frame));
                }
            }
            frame.readerIndex(end);
        } else {
            throw new CorruptedFrameException("a snapshot with a field of wire type " + wireType);
        }
    }

    private static boolean isColumn(int number) {
        return (number >= IDS && number <= LEFT_IDS) || (number >= APPEARED_IDS && number <= CHANGED_ATTRIBUTES);
    }

    private void appendValue(long value) {
        if (valueCount == values.length) {
            values = Arrays.copyOf(values, valueCount * 2);
        }
        values[valueCount++] = value;
    }

    private void append(int column, int value) {
        int size = sizes[column]++;
        if (size == columns[column].length) {
            columns[column] = Arrays.copyOf(columns[column], size * 2);
        }
        columns[column][size] = value;
    }

    /** Bits past the 32nd are dropped, as in the generated parser. */
    private static int varint(ByteBuf frame) {
        return (int) varint64(frame);
    }

    private static long varint64(ByteBuf frame) {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (!frame.isReadable()) {
                throw new CorruptedFrameException("a snapshot that is truncated");
            }
            byte next = frame.readByte();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new CorruptedFrameException("a varint of more than ten bytes");
    }

    private void requireEqualSizes() {
        for (int column = 0; column < LEFT; column++) {
            if (sizes[column] != sizes[column < ENTERED ? 0 : ENTERED]) {
                throw new CorruptedFrameException("a snapshot with arrays of different lengths");
            }
        }
        boolean isEven = sizes[APPEARED + 1] == sizes[APPEARED]
                && sizes[APPEARED + 2] == sizes[APPEARED]
                && sizes[APPEARED + 3] == sizes[APPEARED]
                && sizes[CHANGED + 1] == sizes[CHANGED]
                && valueCount == sizes[CHANGED];
        if (!isEven) {
            throw new CorruptedFrameException("a snapshot with arrays of different lengths");
        }
    }

    int size() {
        return sizes[0];
    }

    int tick() {
        return tick;
    }

    int idDelta(int index) {
        return columns[0][index];
    }

    int dx(int index) {
        return unzigzag(columns[1][index]);
    }

    int dy(int index) {
        return unzigzag(columns[2][index]);
    }

    int seqDelta(int index) {
        return columns[3][index];
    }

    /** P-38: whether everything that was in view before is out of view. */
    boolean isAnew() {
        return anew;
    }

    /** P-37: how many entities came into view. */
    int enteredSize() {
        return sizes[ENTERED];
    }

    int enteredIdDelta(int index) {
        return columns[ENTERED][index];
    }

    int enteredX(int index) {
        return columns[ENTERED + 1][index];
    }

    int enteredY(int index) {
        return columns[ENTERED + 2][index];
    }

    int enteredSeq(int index) {
        return columns[ENTERED + 3][index];
    }

    /** P-37: how many entities went out of view. */
    int leftSize() {
        return sizes[LEFT];
    }

    int leftIdDelta(int index) {
        return columns[LEFT][index];
    }

    /** P-84: how many NPCs appeared. */
    int appearedSize() {
        return sizes[APPEARED];
    }

    int appearedIdDelta(int index) {
        return columns[APPEARED][index];
    }

    int appearedKind(int index) {
        return columns[APPEARED + 1][index];
    }

    int appearedX(int index) {
        return columns[APPEARED + 2][index];
    }

    int appearedY(int index) {
        return columns[APPEARED + 3][index];
    }

    /** P-84: how many NPCs vanished. */
    int vanishedSize() {
        return sizes[VANISHED];
    }

    int vanishedIdDelta(int index) {
        return columns[VANISHED][index];
    }

    /** P-85: how many attributes changed. */
    int changedSize() {
        return sizes[CHANGED];
    }

    int changedIdDelta(int index) {
        return columns[CHANGED][index];
    }

    int changedAttribute(int index) {
        return columns[CHANGED + 1][index];
    }

    long changedDifference(int index) {
        return values[index] >>> 1 ^ -(values[index] & 1);
    }

    private static int unzigzag(int value) {
        return value >>> 1 ^ -(value & 1);
    }
}
