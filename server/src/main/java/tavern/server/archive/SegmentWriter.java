package tavern.server.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import tavern.server.store.CheckpointRow;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerLine;
import tavern.server.store.LedgerPosition;
import tavern.server.store.Segment;

/** Writes a segment into a new file, entry by entry. Confined to one thread. */
final class SegmentWriter implements AutoCloseable {
    private final Path file;
    private final long number;
    private final String before;
    private final FileChannel channel;
    private final MessageDigest sum = Segment.sha256();
    private final MessageDigest entriesHash = Segment.sha256();
    private final Lines lines;
    private final OutputStream out;
    private long entries;
    private String first = "";
    private String last;
    private long firstMillis;
    private long newestMillis = Long.MIN_VALUE;

    /**
     * @param before the hash of the segment before
     * @param after the last position of the segment before; empty for the first one
     * @throws IOException also when the file exists
     */
    SegmentWriter(Path file, long number, String before, String after) throws IOException {
        this.file = file;
        this.number = number;
        this.before = before;
        last = after;
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            lines = new Lines(
                    new DigestOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16), sum));
            out = new BufferedOutputStream(lines, 1 << 16);
            line(SegmentForm.TITLE);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Can be ended without writing anything. */
    private static final class Lines extends GZIPOutputStream {
        Lines(OutputStream out) throws IOException {
            super(out);
        }

        /** Frees the memory of the compression, which the heap does not hold. */
        void end() {
            def.end();
        }
    }

    Path file() {
        return file;
    }

    long entries() {
        return entries;
    }

    /** The last position so far. */
    String last() {
        return last;
    }

    /** The date of the first entry. */
    long firstMillis() {
        return firstMillis;
    }

    void add(LedgerEntry entry) throws IOException, UnsoundLedgerException {
        if (!LedgerPosition.isNext(entry.position(), last)) {
            throw new UnsoundLedgerException("after entry " + last + " of the ledger comes " + entry.position());
        }
        String text = LedgerLine.of(entry);
        entriesHash.update((text + "\n").getBytes(US_ASCII));
        line(SegmentForm.ENTRY + text);
        if (entries == 0) {
            first = entry.position();
            firstMillis = entry.atMillis();
        }
        last = entry.position();
        newestMillis = Math.max(newestMillis, entry.atMillis());
        entries++;
    }

    /**
     * Completes the file, and forces it to the disk.
     *
     * @param changes in the order of their keys
     * @param digest of the checkpoint with these changes
     */
    Segment finish(List<CheckpointRow> changes, String digest) throws IOException {
        MessageDigest changesHash = Segment.sha256();
        for (CheckpointRow row : changes) {
            changesHash.update((row.line() + "\n").getBytes(US_ASCII));
            line(SegmentForm.ROW + row.line());
        }
        Segment segment = new Segment(
                number,
                before,
                entries,
                first,
                last,
                newestMillis,
                Segment.hex(entriesHash.digest()),
                changes.size(),
                Segment.hex(changesHash.digest()),
                digest);
        line(SegmentForm.END + segment.text() + " " + segment.hash());
        out.flush();
        lines.finish();
        lines.flush();
        channel.write(ByteBuffer.wrap(SegmentForm.tail(Segment.hex(sum.digest()))));
        channel.force(true);
        close();
        return segment;
    }

    private void line(String text) throws IOException {
        out.write((text + "\n").getBytes(US_ASCII));
    }

    /** Leaves the file as it is. */
    @Override
    public void close() throws IOException {
        lines.end();
        channel.close();
    }
}
