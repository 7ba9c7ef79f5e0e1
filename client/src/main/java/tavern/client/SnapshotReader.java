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

    // Columns, by field number minus IDS.
    private static final int ENTERED = 4;
    private static final int LEFT = 8;
    private static final int COLUMNS = 9;

    /** The values as in the message: differences, with x and y still in zigzag encoding. */
    private final int[][] columns = new int[COLUMNS][64];

    private final int[] sizes = new int[COLUMNS];
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
            int value = varint(frame);
            if (number == TICK) {
                tick = value;
            } else if (number == ANEW) {
                anew = value != 0;
            } else if (number >= IDS && number <= LEFT_IDS) {
                append(number - IDS, value);
            }
        } else if (wireType == 2) {
            int length = varint(frame);
            if (length < 0 || length > frame.readableBytes()) {
                throw new CorruptedFrameException("a snapshot that is truncated");
            }
            int end = frame.readerIndex() + length;
            if (number >= IDS && number <= LEFT_IDS) {
                while (frame.readerIndex() < end) {
                    append(number - IDS, varint(frame));
                }
            }
            frame.readerIndex(end);
        } else {
            throw new CorruptedFrameException("a snapshot with a field of wire type " + wireType);
        }
    }

    private void append(int column, int value) {
        int size = sizes[column]++;
        if (size == columns[column].length) {
            columns[column] = Arrays.copyOf(columns[column], size * 2);
        }
        columns[column][size] = value;
    }

    private static int varint(ByteBuf frame) {
        int value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (!frame.isReadable()) {
                throw new CorruptedFrameException("a snapshot that is truncated");
            }
            byte next = frame.readByte();
            // Bits past the 32nd are dropped, as in the generated parser.
            if (shift < 32) {
                value |= (next & 0x7f) << shift;
            }
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

    private static int unzigzag(int value) {
        return value >>> 1 ^ -(value & 1);
    }
}
