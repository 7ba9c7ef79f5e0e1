package tavern.server.store;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Copies a store into a file while servers use it. Safe on any thread; no method blocks. */
public interface Backups {
    /**
     * Starts to copy the store. The file appears once the copy is complete and was checked; until then the copy is
     * written to {@code <file>.part}.
     *
     * <p>Fails with {@link BackupRefusedException}, with nothing written, when another backup is under way, the file
     * exists, or there is no room for it.
     *
     * @param file an absolute path on this machine
     * @param bytesPerSecond the pace of the copy, so that players do not notice it; 0 for no limit
     * @return completes when the copy has begun
     */
    CompletionStage<BackupState> start(Path file, long bytesPerSecond);

    /** The state of the backup that was started last. */
    BackupState state();

    /**
     * For a store that has to be copied with its own tools.
     *
     * @param instead what to do, for the operator
     */
    static Backups none(String instead) {
        return new Backups() {
            @Override
            public CompletionStage<BackupState> start(Path file, long bytesPerSecond) {
                return CompletableFuture.failedFuture(new BackupRefusedException(instead));
            }

            @Override
            public BackupState state() {
                return BackupState.NONE;
            }
        };
    }
}
