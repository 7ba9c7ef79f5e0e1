package tavern.server.store.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.sqlite.ProgressHandler;
import tavern.server.store.BackupRefusedException;
import tavern.server.store.StoreOpenException;

/** Puts a copy of the database into the folder of a store that no server uses. Blocks. */
public final class Restore {
    /** What belongs to one database and must not be beside another one. */
    private static final List<String> TOGETHER = List.of(Database.FILE, "books.db", "audit.anchor");

    private static final int OPERATIONS_BETWEEN = 1_000_000;

    private final Path folder;
    private final Runnable afterStep;

    private Restore(Path folder, Runnable afterStep) {
        this.folder = folder;
        this.afterStep = afterStep;
    }

    /**
     * Checks the copy before anything in the folder is changed.
     *
     * @param replace whether to set an existing database aside, in a folder {@code replaced-<n>}
     * @return the folder with what was set aside; the store's folder itself if there was nothing
     * @throws BackupRefusedException when the copy is not sound, or a database exists; nothing has changed then
     * @throws StoreOpenException when a server uses the folder, or it cannot be written to
     */
    public static Path run(Path copy, Path folder, boolean replace) throws IOException {
        return run(copy, folder, replace, () -> {});
    }

    /** @param afterStep called after each change in the folder, so that tests can stop there */
    static Path run(Path copy, Path folder, boolean replace, Runnable afterStep) throws IOException {
        if (!Files.isRegularFile(copy)) {
            throw new BackupRefusedException("there is no file " + copy);
        }
        try (FolderLock lock = FolderLock.take(folder)) {
            return new Restore(folder, afterStep).run(copy, replace);
        }
    }

    /** @throws StoreOpenException when a restore broke off while files were renamed */
    static void requireNoneUnfinished(Path folder) {
        RestoreMarker marker = new RestoreMarker(folder);
        if (marker.exists()) {
            String aside = marker.aside();
            throw new StoreOpenException(
                    "a restore into " + folder + " broke off; run bin/server restore FILE --replace"
                            + " again, or "
                            + (aside.isEmpty()
                                    ? ""
                                    : "move back what is in " + folder.resolve(aside) + " over what is there, and ")
                            + "remove " + RestoreMarker.FILE);
        }
    }

    private Path run(Path copy, boolean replace) throws IOException {
        List<Path> existing = existing();
        if (!existing.isEmpty() && !replace) {
            throw new BackupRefusedException("there is a database in " + folder
                    + "; start with --replace to set it aside, or set store.path to another folder");
        }
        Path incoming = folder.resolve("restored.part");
        try {
            Files.deleteIfExists(incoming);
            PartFile.createPrivate(incoming);
            try (OutputStream out = Files.newOutputStream(incoming)) {
                Files.copy(copy, out);
            }
            CopyCheck.requireSound(incoming, new Unhurried(), OPERATIONS_BETWEEN);
            CopyCheck.renew(incoming);
            PartFile.force(incoming);
        } catch (BackupRefusedException e) {
            Files.deleteIfExists(incoming);
            throw new BackupRefusedException(
                    String.valueOf(e.getMessage()).replace(incoming.toString(), copy.toString()), e);
        } catch (IOException | SQLException e) {
            Files.deleteIfExists(incoming);
            throw new BackupRefusedException(copy + " cannot be copied to " + folder + ": " + e.getMessage(), e);
        }
        afterStep.run();
        RestoreMarker marker = new RestoreMarker(folder);
        if (!marker.exists() || (marker.aside().isEmpty() && !related().isEmpty())) {
            marker.begin(related().isEmpty() ? "" : newFolder());
        }
        afterStep.run();
        setAside(marker);
        Files.move(incoming, folder.resolve(Database.FILE));
        PartFile.forceFolder(incoming);
        afterStep.run();
        Path aside = folder.resolve(marker.aside());
        marker.remove();
        afterStep.run();
        return aside;
    }

    /** The database's file and its log: a log alone would be applied to any file that comes beside it. */
    private List<Path> existing() {
        Database database = new Database(folder);
        return Stream.of(database.file(), database.log()).filter(Files::exists).toList();
    }

    /**
     * Goes on with what a restore that broke off has begun. What is there after everything was set aside is its own copy,
     * or what somebody has moved back since; it goes into a folder of its own, and nothing is deleted.
     */
    private void setAside(RestoreMarker marker) throws IOException {
        if (marker.isSetAside()) {
            if (!related().isEmpty()) {
                moveTo(newFolder());
            }
            return;
        }
        if (!marker.aside().isEmpty()) {
            moveTo(marker.aside());
        }
        marker.setAside();
        afterStep.run();
    }

    private void moveTo(String name) throws IOException {
        Path aside = Files.createDirectories(folder.resolve(name));
        for (Path path : related()) {
            Files.move(path, aside.resolve(path.getFileName()));
            afterStep.run();
        }
        PartFile.forceFolder(aside.resolve(Database.FILE));
    }

    private List<Path> related() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Restore::belongsToTheDatabase).toList();
        }
    }

    private static boolean belongsToTheDatabase(Path path) {
        String name = path.getFileName().toString();
        return TOGETHER.stream().anyMatch(name::startsWith);
    }

    private String newFolder() {
        int number = 1;
        while (Files.exists(folder.resolve("replaced-" + number))) {
            number++;
        }
        return "replaced-" + number;
    }

    /** Nobody else needs the machine, and nothing stops the check. */
    private static final class Unhurried extends ProgressHandler {
        @Override
        protected int progress() {
            return 0;
        }
    }
}
