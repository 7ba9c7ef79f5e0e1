package tavern.server.store.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tavern.server.store.StoreInUseException;
import tavern.server.store.StoreOpenException;

/** Keeps a second server out of the folder, for as long as this process lives or until the lock is closed. */
final class FolderLock implements AutoCloseable {
    static final String FILE = "tavern.lock";

    // POSIX drops a process's lock when the process closes any descriptor of the file: a second attempt within this
    // process must not even open it.
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /** @throws StoreOpenException when the folder cannot be created or written to, or another process holds it */
    static FolderLock take(Path path) {
        Path folder = create(path);
        if (!HELD_HERE.add(folder)) {
            throw inUse(path, "this process");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw inUse(path, "process " + holder(folder));
            }
            writeHolder(channel);
            return new FolderLock(folder, channel);
        } catch (IOException | StoreOpenException e) {
            HELD_HERE.remove(folder);
            close(channel, e);
            throw e instanceof StoreOpenException refused ? refused : unwritable(path, e);
        }
    }

    private static Path create(Path path) {
        try {
            return Files.createDirectories(path).toRealPath();
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    private static void writeHolder(FileChannel channel) throws IOException {
        channel.truncate(0);
        channel.write(
                ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(US_ASCII)), 0);
    }

    private static String holder(Path folder) throws IOException {
        return Files.readString(folder.resolve(FILE), US_ASCII).strip();
    }

    private static StoreOpenException inUse(Path path, String holder) {
        return new StoreInUseException("store folder " + path + " is in use by " + holder
                + "; stop that server, or set store.path to another folder");
    }

    private static StoreOpenException unwritable(Path path, Exception cause) {
        return new StoreOpenException(
                "store folder " + path + " cannot be written to (" + cause
                        + "); set store.path to a folder that this user may create and write to",
                cause);
    }

    private static void close(@Nullable FileChannel channel, Exception reason) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD_HERE.remove(folder);
        }
    }
}
