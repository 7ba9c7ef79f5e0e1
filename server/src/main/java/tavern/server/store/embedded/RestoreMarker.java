package tavern.server.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import tavern.server.store.StoreOpenException;

/**
 * The file that exists while a restore renames files: a start would take the folder for an empty one, and begin a new
 * realm. It says where the database that was there is set aside, and whether all of it is. Blocks.
 */
final class RestoreMarker {
    static final String FILE = "restore.incomplete";

    private static final String ALL = "all of it";

    private final Path file;

    RestoreMarker(Path folder) {
        file = folder.resolve(FILE);
    }

    boolean exists() {
        return Files.exists(file);
    }

    /** @param aside name of the folder that the database is moved to; empty if there is no database */
    void begin(String aside) throws IOException {
        write(aside + "\n");
    }

    /** From now on, a database in the store's folder is the restored one. */
    void setAside() throws IOException {
        write(aside() + "\n" + ALL + "\n");
    }

    String aside() {
        List<String> lines = lines();
        return lines.isEmpty() ? "" : lines.get(0);
    }

    boolean isSetAside() {
        return lines().contains(ALL);
    }

    void remove() throws IOException {
        Files.delete(file);
        PartFile.forceFolder(file);
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(file, UTF_8);
        } catch (IOException e) {
            throw new StoreOpenException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** A marker is there as a whole, or as it was before. */
    private void write(String text) throws IOException {
        Path next = file.resolveSibling(FILE + ".new");
        Files.deleteIfExists(next);
        PartFile.createPrivate(next);
        Files.writeString(next, text);
        PartFile.force(next);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        PartFile.forceFolder(file);
    }
}
