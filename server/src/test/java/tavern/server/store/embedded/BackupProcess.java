package tavern.server.store.embedded;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tavern.server.store.Backups;
import tavern.server.store.Realm;

/** A process to be killed in the middle of a backup. */
final class BackupProcess {
    static final String COPYING = "copying";

    private BackupProcess() {}

    /** Takes the folder of a filled store, and the file to copy it to. */
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII);
        EmbeddedStore store = EmbeddedStore.open(TradeStormProcess.settings(Path.of(args[0])));
        Backups backups = store.backups();
        Realm.await(backups.start(Path.of(args[1]), 10_000));
        while (backups.state().doneBytes() == 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        out.println(COPYING);
        new CountDownLatch(1).await();
    }
}
