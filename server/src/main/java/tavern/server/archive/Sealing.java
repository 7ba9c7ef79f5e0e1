package tavern.server.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.server.store.CheckpointDigest;
import tavern.server.store.CheckpointRow;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerPosition;
import tavern.server.store.Segment;

/** A segment in the making, from its first entry to its seal. Confined to the archivist's thread. */
final class Sealing {
    /** Bounds the memory for what the segment changes. */
    static final int CHANGES_MAX = 100_000;

    private final ArchiveFolder folder;
    private final SegmentWriter writer;
    private final CheckpointFold fold = new CheckpointFold();
    private final String digestBefore;

    /** Where the segment must end: with an entry, before a seal, a crash has left its file. Empty if there is no file. */
    private final String end;

    private @Nullable List<String> keys;
    private int asked;
    private final Map<String, String> before = new HashMap<>();
    private List<CheckpointRow> changes = List.of();
    private int prepared;
    private @Nullable SegmentReader written;
    private String compared;
    private long agreed;

    /** @param newest the segment before; null if there is none */
    Sealing(ArchiveFolder folder, @Nullable Segment newest) throws IOException {
        this.folder = folder;
        long number = newest == null ? 1 : newest.number() + 1;
        digestBefore = newest == null ? CheckpointDigest.empty().text() : newest.digest();
        compared = newest == null ? "" : newest.last();
        Path file = folder.file(number);
        String hashBefore = newest == null ? Segment.GENESIS : newest.hash();
        // A file of another ledger is noticed before anything is done for the segment, or at least before it is
        // compared.
        end = Files.exists(file) ? folder.read(number, hashBefore).last() : "";
        writer = new SegmentWriter(folder.part(number), number, hashBefore, compared);
    }

    void add(LedgerEntry entry) throws IOException, UnsoundLedgerException {
        writer.add(entry);
        fold.add(entry);
    }

    /** The position of the last entry so far. */
    String last() {
        return writer.last();
    }

    boolean isFull(int entriesMax) {
        return end.isEmpty()
                ? writer.entries() >= entriesMax || fold.size() >= CHANGES_MAX
                : !LedgerPosition.of(end).isAfter(last());
    }

    boolean isOlderThan(int hours, long nowMillis) {
        return nowMillis - writer.firstMillis() >= TimeUnit.HOURS.toMillis(hours);
    }

    /** Returns the keys of the next rows whose values before the segment are needed; empty once all are known. */
    List<String> keysToAsk(int max) {
        List<String> all = keys;
        if (all == null) {
            all = fold.keys();
            keys = all;
        }
        List<String> next = all.subList(asked, Math.min(all.size(), asked + max));
        asked += next.size();
        return next;
    }

    void had(Map<String, String> values) {
        before.putAll(values);
    }

    /** Completes the file. */
    Segment finish() throws IOException, UnsoundLedgerException {
        changes = fold.changes(before);
        Segment segment = writer.finish(changes, CheckpointFold.digest(digestBefore, before, changes));
        if (!end.isEmpty()) {
            folder.requireHolds(segment);
        }
        return segment;
    }

    /** The position of the last entry that was compared. */
    String compared() {
        return compared;
    }

    /**
     * Compares the next entries in the file with those in the store.
     *
     * @return whether the file has no more
     * @throws IOException when they differ
     */
    boolean agrees(List<LedgerEntry> page) throws IOException {
        if (page.isEmpty()) {
            throw new IOException("the store has lost entries of its ledger that were written to the archive");
        }
        try {
            return agreesWithFile(page);
        } catch (BrokenSegmentException e) {
            throw unreadable();
        }
    }

    private boolean agreesWithFile(List<LedgerEntry> page) throws IOException {
        SegmentReader reader = written;
        if (reader == null) {
            reader = SegmentReader.open(writer.file());
            written = reader;
        }
        for (LedgerEntry entry : page) {
            if (agreed == writer.entries()) {
                break;
            }
            if (!reader.isNext(entry)) {
                throw new IOException("entry " + entry.position()
                        + " is not in the store as it was when it was written to the archive");
            }
            compared = entry.position();
            agreed++;
        }
        return agreed == writer.entries();
    }

    /** Makes sure that the file, all of whose entries were compared, is as it was written. */
    void requireWhole(Segment segment) throws IOException {
        try (SegmentReader reader = written) {
            if (reader == null || !reader.end().equals(segment)) {
                throw unreadable();
            }
        } catch (BrokenSegmentException e) {
            throw unreadable();
        }
    }

    /** Without the file's name, which is another one with each attempt. */
    private static IOException unreadable() {
        return new IOException("a file cannot be read as it was just written; look at the disk of the archive");
    }

    /** Gives the file its name. */
    void publish(Segment segment) throws IOException {
        folder.publish(writer.file(), segment);
    }

    /** Returns the next rows of the checkpoint that the segment changes; empty once all were returned. */
    List<CheckpointRow> rowsToPrepare(int max) {
        List<CheckpointRow> next = changes.subList(prepared, Math.min(changes.size(), prepared + max));
        prepared += next.size();
        return next;
    }

    /** Removes the file, unless it has its name already. */
    void discard() throws IOException {
        SegmentReader reader = written;
        if (reader != null) {
            reader.close();
        }
        writer.close();
        Files.deleteIfExists(writer.file());
    }
}
