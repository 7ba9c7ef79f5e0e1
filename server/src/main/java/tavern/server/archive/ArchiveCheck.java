package tavern.server.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.server.books.ConservationCheck;
import tavern.server.store.AccountStore;
import tavern.server.store.Causes;
import tavern.server.store.CheckpointDigest;
import tavern.server.store.CheckpointRow;
import tavern.server.store.EntriesRemovedException;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerLine;
import tavern.server.store.LedgerPosition;
import tavern.server.store.Segment;
import tavern.server.store.SegmentStore;

/**
 * Follows the chain of segments from the first one: every file is as it was written, follows the one before, and changes
 * the checkpoint as its entries say. With a store, also whether the store has the same record of each segment, and the same
 * entries as far as it still has them. Confined to one thread, which it blocks in proportion to the archive.
 */
public final class ArchiveCheck {
    private static final int PAGE = 500;
    private static final int FAULTS_MAX = 100;

    private final ArchiveFolder folder;
    private final Path scratch;
    private final ConservationCheck.Wait wait;
    private final @Nullable AccountStore accounts;
    private final @Nullable SegmentStore store;
    private final List<String> faults = new ArrayList<>();
    private final Queue<LedgerEntry> kept = new ArrayDeque<>();
    private String keptThrough = "";
    private boolean keptEnds;
    private long segments;
    private long entries;

    /** The last segment that was read; null before the first one, and after one that could not be read. */
    private @Nullable Segment last;

    private ArchiveCheck(
            ArchiveFolder folder,
            Path scratch,
            @Nullable AccountStore accounts,
            @Nullable SegmentStore store,
            ConservationCheck.Wait wait) {
        this.folder = folder;
        this.scratch = scratch;
        this.accounts = accounts;
        this.store = store;
        this.wait = wait;
    }

    /**
     * What a check found.
     *
     * @param segments number of files
     * @param entries number of entries in them
     * @param faults in words; empty when all is sound
     */
    public record Result(long segments, long entries, List<String> faults) {}

    /**
     * Checks the files alone.
     *
     * @param scratch a folder for a temporary file of the size of the checkpoint
     */
    public static Result ofFiles(ArchiveFolder folder, Path scratch) throws IOException {
        return new ArchiveCheck(folder, scratch, null, null, NO_STORE).run();
    }

    /** Checks the files, and whether the store agrees with them; throws also what {@code wait} throws. */
    public static <S extends AccountStore & SegmentStore> Result of(
            ArchiveFolder folder, Path scratch, S store, ConservationCheck.Wait wait) throws IOException {
        return new ArchiveCheck(folder, scratch, store, store, wait).run();
    }

    private static final ConservationCheck.Wait NO_STORE = new ConservationCheck.Wait() {
        @Override
        public <T> T on(CompletionStage<T> stage) {
            throw new IllegalStateException("there is no store");
        }
    };

    private Result run() throws IOException {
        long newest = store == null
                ? Long.MAX_VALUE
                : wait.on(store.newestSegment()).map(Segment::number).orElse(0L);
        keptThrough = store == null ? "" : wait.on(store.removedThrough());
        SortedMap<Long, Path> files = folder.segments();
        long end = Math.max(store == null ? 0 : newest, files.isEmpty() ? 0 : files.lastKey());
        try (ScratchRows rows = ScratchRows.create(scratch)) {
            boolean isWhole = true;
            for (long number = 1; number <= end; number++) {
                Path file = files.get(number);
                if (file == null) {
                    SortedMap<Long, Path> later = files.tailMap(number);
                    long through = later.isEmpty() ? end : later.firstKey() - 1;
                    fault(
                            through == number
                                    ? "segment " + number + " is missing"
                                    : "segments " + number + " to " + through + " are missing");
                    isWhole = false;
                    last = null;
                    number = through;
                } else if (number - 1 > newest) {
                    fault("segment " + number + " is not of this store, whose newest one is " + newest);
                } else {
                    isWhole &= check(number, file, rows, isWhole, number <= newest);
                }
            }
        } catch (SQLException e) {
            throw new IOException("the temporary file cannot be used: " + e.getMessage(), e);
        }
        return new Result(segments, entries, List.copyOf(faults));
    }

    /**
     * @param isWhole whether all before it were read, so that it is known what everybody had
     * @param isSealed whether the store must know it
     * @return whether the rows are known afterwards
     */
    private boolean check(long number, Path file, ScratchRows rows, boolean isWhole, boolean isSealed)
            throws IOException, SQLException {
        segments++;
        int before = faults.size();
        if (isSealed) {
            beginComparing(number);
        }
        try (SegmentReader reader = SegmentReader.open(file)) {
            CheckpointFold fold = new CheckpointFold();
            for (LedgerEntry entry = reader.nextEntry(); entry != null; entry = reader.nextEntry()) {
                fold.add(entry);
                entries++;
                if (isSealed) {
                    compareWithStore(entry, number);
                }
            }
            List<CheckpointRow> changes = new ArrayList<>();
            for (CheckpointRow row = reader.nextRow(); row != null; row = reader.nextRow()) {
                changes.add(row);
            }
            Segment segment = reader.end();
            checkRecord(number, segment, isSealed);
            if (isWhole) {
                checkRows(segment, fold, changes, rows);
            }
            last = segment;
        } catch (BrokenSegmentException e) {
            fault(e.getMessage());
            last = null;
        } catch (UnsoundLedgerException e) {
            fault("segment " + number + ": " + e.getMessage());
            last = null;
        } catch (IOException e) {
            fault("segment " + number + " cannot be read: " + ArchiveFolder.reason(e));
            last = null;
        }
        return isWhole && faults.size() == before;
    }

    private void checkRecord(long number, Segment segment, boolean isSealed) throws IOException {
        if (segment.number() != number) {
            fault("segment " + number + ": the file is that of segment " + segment.number());
        }
        Segment previous = last;
        if (number == 1 && !(segment.before().equals(Segment.GENESIS) && LedgerPosition.isNext(segment.first(), ""))) {
            fault("segment 1 is not the first one of its ledger");
        } else if (previous != null && !segment.follows(previous)) {
            fault("segment " + number + " does not follow from segment " + previous.number());
        }
        if (isSealed && recorded(number).filter(found -> !found.equals(segment)).isPresent()) {
            fault("segment " + number + " is not the one that the store has sealed");
        }
    }

    private void checkRows(Segment segment, CheckpointFold fold, List<CheckpointRow> changes, ScratchRows rows)
            throws SQLException, UnsoundLedgerException {
        Map<String, String> before = new HashMap<>();
        for (String key : fold.keys()) {
            String value = rows.get(key);
            if (value != null) {
                before.put(key, value);
            }
        }
        Segment previous = last;
        String digest = previous == null ? CheckpointDigest.empty().text() : previous.digest();
        if (!fold.changes(before).equals(changes)
                || !CheckpointFold.digest(digest, before, changes).equals(segment.digest())) {
            fault("segment " + segment.number() + ": its checkpoint is not what its entries come to");
        }
        for (CheckpointRow row : changes) {
            rows.put(row);
        }
    }

    /** Each segment is compared from its beginning, whatever was wrong with those before it. */
    private void beginComparing(long number) throws IOException {
        keptEnds = false;
        String before = last != null ? last.last() : recordedEnd(number - 1);
        if (LedgerPosition.of(before).isAfter(keptThrough)) {
            kept.clear();
            keptThrough = before;
        }
    }

    /** The position of the segment's last entry, as the store knows it; empty if it does not. */
    private String recordedEnd(long number) throws IOException {
        return recorded(number).map(Segment::last).orElse("");
    }

    private Optional<Segment> recorded(long number) throws IOException {
        if (store == null || number < 1) {
            return Optional.empty();
        }
        return wait.on(store.segments(number - 1, 1)).stream()
                .filter(found -> found.number() == number)
                .findFirst();
    }

    /** Entries that are both in the archive and in the store must be the same. */
    private void compareWithStore(LedgerEntry archived, long number) throws IOException {
        if (accounts == null || store == null || keptEnds || !isKept(archived)) {
            return;
        }
        LedgerEntry entry = nextKept(accounts);
        if (entry != null && LedgerLine.of(entry).equals(LedgerLine.of(archived))) {
            keptThrough = entry.position();
            return;
        }
        // A server may have removed it meanwhile.
        kept.clear();
        keptThrough = wait.on(store.removedThrough());
        if (isKept(archived)) {
            fault("segment " + number + ": entry " + archived.position()
                    + " is not in the store's ledger as it was sealed");
            keptEnds = true; // what follows would only repeat it
        }
    }

    private boolean isKept(LedgerEntry entry) {
        return LedgerPosition.of(entry.position()).isAfter(keptThrough);
    }

    /** The store's next entry; null if there is none, or if entries after the last one were removed. */
    private @Nullable LedgerEntry nextKept(AccountStore ledger) throws IOException {
        if (kept.isEmpty()) {
            try {
                kept.addAll(wait.on(ledger.ledger(keptThrough, PAGE)));
            } catch (CompletionException e) {
                if (!(Causes.of(e) instanceof EntriesRemovedException)) {
                    throw e;
                }
            }
        }
        return kept.poll();
    }

    private void fault(@Nullable String text) {
        if (faults.size() < FAULTS_MAX) {
            faults.add(String.valueOf(text));
        }
    }
}
