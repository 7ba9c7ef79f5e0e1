package tavern.server.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tavern.server.store.CheckpointRow;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerLine;
import tavern.server.store.LedgerPosition;
import tavern.server.store.Segment;

/**
 * Reads a segment's file: first all entries, then all rows, then its record. A file of which any byte was changed is
 * refused before anything of it is given out. Confined to one thread.
 */
final class SegmentReader implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final InputStream in;
    private final MessageDigest entriesHash = Segment.sha256();
    private final MessageDigest changesHash = Segment.sha256();
    private String line;
    private long entries;
    private long rows;
    private String first = "";
    private String last = "";
    private String lastKey = "";
    private long newestMillis = Long.MIN_VALUE;

    private SegmentReader(Path file, InputStream in) throws IOException {
        this.file = file;
        this.in = in;
        if (!readLine().equals(SegmentForm.TITLE)) {
            throw broken("it is no segment of a form that this server knows");
        }
        line = readLine();
    }

    /**
     * Opens the file, all of whose bytes are read once for it.
     *
     * @throws BrokenSegmentException when it is not as it was written
     * @throws IOException when it cannot be read
     */
    static SegmentReader open(Path file) throws IOException {
        requireSum(file);
        InputStream raw = Files.newInputStream(file);
        try {
            InputStream lines = new GZIPInputStream(new BufferedInputStream(raw, BUFFER), BUFFER);
            return new SegmentReader(file, new BufferedInputStream(lines, BUFFER));
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    private static void requireSum(Path file) throws IOException {
        MessageDigest sum = Segment.sha256();
        byte[] buffer = new byte[BUFFER];
        byte[] tail;
        try (InputStream in = Files.newInputStream(file)) {
            long left = Files.size(file) - SegmentForm.TAIL_BYTES;
            while (left > 0) {
                int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (read < 0) {
                    break;
                }
                sum.update(buffer, 0, read);
                left -= read;
            }
            tail = in.readNBytes(SegmentForm.TAIL_BYTES + 1);
        }
        if (!Arrays.equals(tail, SegmentForm.tail(Segment.hex(sum.digest())))) {
            throw new BrokenSegmentException(file, "it was changed or cut after it was written");
        }
    }

    /** Returns the next entry, without names; null after the last one. */
    @Nullable
    LedgerEntry nextEntry() throws IOException {
        if (!line.startsWith(SegmentForm.ENTRY)) {
            return null;
        }
        String text = line.substring(SegmentForm.ENTRY.length());
        LedgerEntry entry;
        boolean isNext;
        try {
            entry = LedgerLine.parse(text);
            isNext = LedgerPosition.isNext(entry.position(), last);
        } catch (IllegalArgumentException e) {
            throw broken(e.getMessage());
        }
        passed(text, entry.position(), entry.atMillis(), isNext);
        return entry;
    }

    /**
     * Reads the next entry, and returns whether it is this one. The lines are compared, which costs a fraction of parsing
     * what was just written.
     */
    boolean isNext(LedgerEntry entry) throws IOException {
        String text = LedgerLine.of(entry);
        if (!line.equals(SegmentForm.ENTRY + text)) {
            return false;
        }
        passed(text, entry.position(), entry.atMillis(), LedgerPosition.isNext(entry.position(), last));
        return true;
    }

    private void passed(String text, String position, long atMillis, boolean isNext) throws IOException {
        // The first one is not the ledger's first.
        if (entries > 0 && !isNext) {
            throw broken("after entry " + last + " comes " + position);
        }
        entriesHash.update((text + "\n").getBytes(US_ASCII));
        first = entries == 0 ? position : first;
        last = position;
        newestMillis = Math.max(newestMillis, atMillis);
        entries++;
        line = readLine();
    }

    /** Returns the next row of the checkpoint, after all entries; null after the last one. */
    @Nullable
    CheckpointRow nextRow() throws IOException {
        if (!line.startsWith(SegmentForm.ROW)) {
            return null;
        }
        String text = line.substring(SegmentForm.ROW.length());
        CheckpointRow row;
        try {
            row = CheckpointRow.parse(text);
        } catch (IllegalArgumentException e) {
            throw broken(e.getMessage());
        }
        if (row.key().compareTo(lastKey) <= 0) {
            throw broken("after the row of " + lastKey + " comes that of " + row.key());
        }
        changesHash.update((text + "\n").getBytes(US_ASCII));
        lastKey = row.key();
        rows++;
        line = readLine();
        return row;
    }

    /**
     * Reads what is left, and returns the segment's record.
     *
     * @throws BrokenSegmentException when the record does not agree with what was read
     */
    Segment end() throws IOException {
        while (nextEntry() != null || nextRow() != null) {
            // Everything is hashed.
        }
        if (!line.startsWith(SegmentForm.END)) {
            throw broken("it has a line of another form: " + line.substring(0, Math.min(80, line.length())));
        }
        String text = line.substring(SegmentForm.END.length());
        int space = text.lastIndexOf(' ');
        Segment segment;
        try {
            segment = Segment.parse(text.substring(0, Math.max(0, space)));
        } catch (IllegalArgumentException e) {
            throw broken(e.getMessage());
        }
        Segment read = new Segment(
                segment.number(),
                segment.before(),
                Math.max(1, entries),
                first,
                last,
                newestMillis,
                Segment.hex(entriesHash.digest()),
                rows,
                Segment.hex(changesHash.digest()),
                segment.digest());
        if (entries == 0 || !read.equals(segment) || !segment.hash().equals(text.substring(space + 1))) {
            throw broken("its entries are not those of which its last line tells");
        }
        return segment;
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream(256);
        try {
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0 || text.size() > SegmentForm.LINE_MAX) {
                    throw broken(c < 0 ? "it ends too early" : "it has a line that is too long");
                }
                text.write(c);
            }
        } catch (BrokenSegmentException e) {
            throw e;
        } catch (IOException e) {
            throw broken(e.toString());
        }
        return text.toString(US_ASCII);
    }

    private BrokenSegmentException broken(@Nullable String what) {
        return new BrokenSegmentException(file, String.valueOf(what));
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
