package tavern.server.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/**
 * The form of a segment's file: two gzip members, so that {@code zcat} shows all of it. The first has the lines: {@link
 * #TITLE}, one {@link #ENTRY} for each entry, one {@link #ROW} for each row of the checkpoint that changes, and {@link
 * #END} with the segment's record and its hash. The second has one line, {@link #SUM}, with SHA-256 of all bytes of the
 * first, and is not compressed, so that every byte of the file is checked: a gzip member has some that mean nothing.
 */
final class SegmentForm {
    static final String TITLE = "tavern-segment 1";
    static final String ENTRY = "entry ";
    static final String ROW = "row ";
    static final String END = "end ";
    static final String SUM = "sum ";

    /** No line is longer: a transaction moves a bounded number of goods. */
    static final int LINE_MAX = 4 << 20;

    /** https://www.rfc-editor.org/rfc/rfc1952: deflate, no flags, no time, an unknown system. */
    private static final byte[] HEAD = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private static final int SUM_BYTES = SUM.length() + 64 + 1;

    /** The size of the second member. */
    static final int TAIL_BYTES = HEAD.length + 5 + SUM_BYTES + 8;

    private SegmentForm() {}

    /** The second member: one stored block. */
    static byte[] tail(String sum) {
        byte[] text = (SUM + sum + "\n").getBytes(US_ASCII);
        CRC32 check = new CRC32();
        check.update(text);
        return ByteBuffer.allocate(TAIL_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(HEAD)
                .put((byte) 1) // the last block, stored: https://www.rfc-editor.org/rfc/rfc1951, 3.2.4
                .putShort((short) text.length)
                .putShort((short) ~text.length)
                .put(text)
                .putInt((int) check.getValue())
                .putInt(text.length)
                .array();
    }
}
