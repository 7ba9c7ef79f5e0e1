package tavern.server.store;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the ledger is cut into segments, and how long its entries stay in the store.
 *
 * @param path absolute folder of the archive; null to archive nothing, so that all entries stay
 * @param segmentEntries number of entries at which a segment is sealed
 * @param segmentHours age of its first entry at which a segment is sealed
 * @param ledgerKeptDays how long entries stay in the store at least; 0 for ever
 */
public record ArchiveSettings(@Nullable Path path, int segmentEntries, int segmentHours, int ledgerKeptDays) {
    /** The values in the default configuration file. */
    public static final int SEGMENT_ENTRIES = 200_000;

    public static final int SEGMENT_HOURS = 24;
    public static final int LEDGER_KEPT_DAYS = 30;
}
