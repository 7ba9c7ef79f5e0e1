package tavern.server.store;

/**
 * How far a backup is.
 *
 * @param file the copy; empty if there was no backup yet
 * @param doneBytes how much has been copied
 * @param totalBytes how much there is to copy, approximately; of a finished backup, the size of the copy
 * @param problem why the backup failed; empty if it did not
 */
public record BackupState(String file, Phase phase, long doneBytes, long totalBytes, String problem) {
    public static final BackupState NONE = new BackupState("", Phase.NONE, 0, 0, "");

    public enum Phase {
        /** There was no backup since the start of the server. */
        NONE,
        COPYING,
        /** The copy is complete and being checked. */
        CHECKING,
        DONE,
        FAILED
    }

    public boolean isRunning() {
        return phase == Phase.COPYING || phase == Phase.CHECKING;
    }

    public BackupState copied(long bytes) {
        return new BackupState(file, Phase.COPYING, bytes, totalBytes, "");
    }

    public BackupState checking() {
        return new BackupState(file, Phase.CHECKING, totalBytes, totalBytes, "");
    }

    public BackupState done(long bytes) {
        return new BackupState(file, Phase.DONE, bytes, bytes, "");
    }

    public BackupState failed(String why) {
        return new BackupState(file, Phase.FAILED, doneBytes, totalBytes, why);
    }
}
