package tavern.sim.client;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;
import java.util.Arrays;
import tavern.protocol.v1.Snapshot;

/**
 * Reads {@link Snapshot} from the wire into arrays that are used again: most of what a client hears is snapshots, and
 * the generated parser makes half a dozen objects for each.
 */
final class SnapshotReader {
    /** Tag of {@code ServerMessage.snapshot}: field 4, length-delimited. */
    private static final int SNAPSHOT_TAG = 4 << 3 | 2;

    private static final int TICK = 1;
    private static final int IDS = 2;
    private static final int SEQS = 5;

    /** Columns as the message has them: differences, x and y still zigzag. Index: field number less {@link #IDS}. */
    private final int[][] columns = {new int[64], new int[64], new int[64], new int[64]};

    private final int[] sizes = new int[4];
    private int tick;

    /**
     * Takes the message when it is a snapshot and nothing else; else leaves the buffer as it is.
     *
     * @throws CorruptedFrameException when it is no valid snapshot
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
            } else if (number >= IDS && number <= SEQS) {
                append(number - IDS, value);
            }
        } else if (wireType == 2) {
            int length = varint(frame);
            if (length < 0 || length > frame.readableBytes()) {
                throw new CorruptedFrameException("a snapshot that ends too early");
            }
            int end = frame.readerIndex() + length;
            if (number >= IDS && number <= SEQS) {
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
                throw new CorruptedFrameException("a snapshot that ends too early");
            }
            byte next = frame.readByte();
            // Bits past the 32nd are dropped, as the generated parser does.
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
        if (sizes[1] != sizes[0] || sizes[2] != sizes[0] || sizes[3] != sizes[0]) {
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

    private static int unzigzag(int value) {
        return value >>> 1 ^ -(value & 1);
    }
}
