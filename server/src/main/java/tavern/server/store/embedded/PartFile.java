package tavern.server.store.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import tavern.server.store.BackupRefusedException;

/**
 * A file that gets its name once it is complete. Until then it is called {@code <name>.part}, so that whatever kills
 * the process, a file of that name is a whole one.
 */
final class PartFile {
    private static final String SUFFIX = ".part";
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(US_ASCII);

    private final Path file;
    private final Path part;

    private PartFile(Path file) {
        this.file = file;
        this.part = file.resolveSibling(file.getFileName() + SUFFIX);
    }

    /**
     * Removes what a killed backup has left.
     *
     * @param bytes how large the file will be, approximately
     * @throws BackupRefusedException when the file exists or cannot be written
     */
    static PartFile begin(Path file, long bytes) throws IOException {
        Path folder = file.getParent();
        if (!file.isAbsolute() || folder == null) {
            throw new BackupRefusedException(file + " is not an absolute path of a file");
        }
        if (!Files.isDirectory(folder) && !createdPrivately(folder)) {
            throw new BackupRefusedException("there is no folder " + folder + "; create it");
        }
        PartFile started = new PartFile(file);
        started.requireNew();
        long room = Files.getFileStore(folder).getUsableSpace();
        // The log grows during the copy, and a full disk stops the server.
        if (room < 2 * bytes) {
            throw new BackupRefusedException("there are " + (room >> 20) + " MB free in " + folder + ", twice the "
                    + (bytes >> 20) + " MB of the copy are needed; make room, or name another folder");
        }
        started.removeLeftover();
        createPrivate(started.part);
        return started;
    }

    /** Creates the last folder of a path only: a mistyped path must not become a tree of folders. */
    private static boolean createdPrivately(Path folder) throws IOException {
        Path parent = folder.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            return false;
        }
        if (isPosix(folder)) {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectory(folder);
        }
        return true;
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** Creates an empty file that nobody else may read: a copy holds everything that is known of all players. */
    static void createPrivate(Path path) throws IOException {
        if (isPosix(path)) {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(path);
        }
    }

    private void requireNew() {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new BackupRefusedException(file + " exists, and is not overwritten; name another file");
        }
    }

    private void removeLeftover() throws IOException {
        if (!Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS) || !isRestOfBackup(part)) {
            throw new BackupRefusedException(part + " exists, and is not the rest of a backup; move it away");
        }
        discard();
    }

    /** SQLite writes the first page last: until then it is empty. A whole database must be one of ours. */
    private static boolean isRestOfBackup(Path path) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(path)) {
            start = in.readNBytes(MAGIC.length);
        }
        return Arrays.equals(start, new byte[start.length])
                || (Arrays.equals(start, MAGIC) && CopyCheck.isOfTavern(path));
    }

    Path path() {
        return part;
    }

    /** Gives the file its name. All of it is on the disk before that. */
    void complete() throws IOException {
        force(part);
        try {
            Files.move(part, file);
        } catch (FileAlreadyExistsException e) {
            throw new BackupRefusedException(file + " was created meanwhile, and is not overwritten", e);
        }
        forceFolder(file);
    }

    /** Removes what was written so far. */
    void discard() throws IOException {
        Files.deleteIfExists(part);
        Files.deleteIfExists(part.resolveSibling(part.getFileName() + "-journal"));
    }

    static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** Makes a renaming durable. */
    static void forceFolder(Path path) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
