package tavern.server.store;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What keeps the store small and safe.
 *
 * @param roomKeptDays after which a room that nobody uses is forgotten; 0 for never
 * @param backupBytesPerSecond pace of a backup of a running server; 0 for no limit
 * @param backupPath absolute folder for the backups that operators order; null if they may not order any
 * @param archive of the ledger
 */
public record UpkeepSettings(
        int roomKeptDays,
        long backupBytesPerSecond,
        @Nullable Path backupPath,
        ArchiveSettings archive) {}
