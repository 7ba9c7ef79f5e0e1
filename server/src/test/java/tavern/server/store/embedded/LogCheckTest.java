package tavern.server.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.store.Realm;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;

/**
 * Copies and restores as operators make them. A copy of the file and its log, taken while the store is open, is what a
 * {@code kill -9} at that moment leaves.
 */
final class LogCheckTest {
    private static final String LOG = Database.FILE + "-wal";

    @TempDir
    private Path root;

    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(root.resolve("data"));
    }

    @Test
    void whatAKillLeavesIsOpenedWithAllThatWasCommitted() throws Exception {
        Path killed;
        try (EmbeddedStore store = open(folder)) {
            new Realm(store).open("ann");
            killed = copy("killed", Database.FILE, LOG);
            new Realm(store).open("ben");
        }
        assertPlayers(killed, "ann");
        // Once more, now that the file has been closed properly.
        assertPlayers(killed, "ann");
        assertPlayers(folder, "ann", "ben");
    }

    @Test
    void whatAKillLeavesIsStillOpenedAfterAStartThatWasRefused() throws Exception {
        Path killed;
        try (EmbeddedStore store = open(folder)) {
            new Realm(store).open("ann");
            sql(folder, "PRAGMA user_version = 99");
            killed = copy("killed", Database.FILE, LOG);
        }
        assertRefused(killed, "schema 99");
        try (RandomAccessFile file =
                new RandomAccessFile(killed.resolve(Database.FILE).toFile(), "rw")) {
            file.seek(60); // https://www.sqlite.org/fileformat.html: user_version
            assertThat(file.readInt()).as("the log was brought into the file").isEqualTo(99);
            file.seek(60);
            file.writeInt(DatabaseSchema.VERSION);
        }
        assertPlayers(killed, "ann");
    }

    @Test
    void whatAKillLeavesRightAfterTheStartIsOpened() throws Exception {
        open(folder).close();
        Path killed;
        try (EmbeddedStore store = open(folder)) {
            assertThat(store.stats().available()).isTrue();
            killed = copy("killed", Database.FILE, LOG);
        }
        assertPlayers(killed);
    }

    @Test
    void aCopyThatWasMadeWithTheServerStoppedIsOpenedAlone() throws Exception {
        closedWith("ann");
        assertPlayers(copy("backup", Database.FILE), "ann");
    }

    @Test
    void aCopyWithoutItsLogIsRefusedUnlessTheOperatorGivesTheLogUp() throws Exception {
        Path copied;
        try (EmbeddedStore store = open(folder)) {
            new Realm(store).open("ann");
            copied = copy("copied", Database.FILE);
        }
        assertRefused(copied, "was copied without its log " + LOG, "Copy the log too", "create an empty file");
        assertThat(copied.resolve(LOG)).as("a refusal changes nothing").doesNotExist();
        Files.createFile(copied.resolve(LOG));
        assertPlayers(copied);
    }

    @Test
    void aBackupBesideANewerLogIsRefusedUntilTheLogIsMovedAway() throws Exception {
        closedWith("ann");
        Path backup = copy("backup", Database.FILE);
        closedWith("ben");
        Path killed;
        try (EmbeddedStore store = open(folder)) {
            new Realm(store).open("cid");
            killed = copy("killed", Database.FILE, LOG);
        }
        Files.copy(backup.resolve(Database.FILE), replace(killed.resolve(Database.FILE)));
        byte[] log = Files.readAllBytes(killed.resolve(LOG));
        assertRefused(killed, "do not belong together", "the file is older", "move " + LOG);
        assertThat(killed.resolve(LOG)).hasBinaryContent(log);
        Files.delete(killed.resolve(LOG));
        assertPlayers(killed, "ann");
    }

    @Test
    void aCopyOfTheSameRunBesideALaterLogIsRefused() throws Exception {
        Path early;
        Path late;
        try (EmbeddedStore store = open(folder)) {
            new Realm(store).open("ann");
            early = copy("early", Database.FILE, LOG);
            // What is in the log moves into the file, and the log begins anew.
            sql(folder, "PRAGMA wal_checkpoint(TRUNCATE)");
            new Realm(store).open("ben");
            late = copy("late", Database.FILE, LOG);
        }
        Path earlyFile = pair("earlyFile", early, late);
        assertRefused(earlyFile, "do not belong together", "the file is older");
        Path earlyLog = pair("earlyLog", late, early);
        // The file has all of this log and nothing more, so it may be applied once more.
        assertPlayers(earlyLog, "ann");
    }

    @Test
    void anOlderLogIsRefused() throws Exception {
        Path early;
        try (EmbeddedStore store = open(folder)) {
            new Realm(store).open("ann");
            early = copy("early", Database.FILE, LOG);
            new Realm(store).open("ben");
        }
        Path closed = copy("closed", Database.FILE);
        Path mixed = pair("mixed", closed, early);
        assertRefused(mixed, "do not belong together", "the log is older");
    }

    @Test
    void theLogOfAnotherDatabaseIsRefused() throws Exception {
        closedWith("ann");
        Path mine = copy("mine", Database.FILE);
        Path other = Files.createDirectory(root.resolve("other"));
        Path pair;
        try (EmbeddedStore store = open(other)) {
            new Realm(store).open("eve");
            Files.copy(other.resolve(LOG), mine.resolve(LOG));
            pair = mine;
        }
        assertRefused(pair, "do not belong together", "another database");
    }

    @Test
    void aLogBesideAMissingFileIsRefused() throws Exception {
        closedWith("ann");
        Path log;
        try (EmbeddedStore store = open(folder)) {
            new Realm(store).open("ben");
            log = copy("log", LOG);
        }
        assertRefused(log, "do not belong together", "the file is older");
    }

    @Test
    void copiesThatSqliteMakesOfAnOpenFileAreWhole() throws Exception {
        Path first = Files.createDirectory(root.resolve("first"));
        Path second = Files.createDirectory(root.resolve("second"));
        Path vacuumed = Files.createDirectory(root.resolve("vacuumed"));
        try (EmbeddedStore store = open(folder)) {
            new Realm(store).open("ann");
            sql(folder, "backup to '" + first.resolve(Database.FILE) + "'");
            sql(folder, "VACUUM INTO '" + vacuumed.resolve(Database.FILE) + "'");
        }
        try (EmbeddedStore store = open(first)) {
            new Realm(store).open("ben");
            sql(first, "backup to '" + second.resolve(Database.FILE) + "'");
        }
        assertPlayers(second, "ann", "ben");
        assertPlayers(vacuumed, "ann");
    }

    private void closedWith(String player) {
        try (EmbeddedStore store = open(folder)) {
            new Realm(store).open(player);
        }
    }

    private Path copy(String name, String... files) throws IOException {
        Path copy = Files.createDirectory(root.resolve(name));
        for (String file : files) {
            Files.copy(folder.resolve(file), copy.resolve(file));
        }
        return copy;
    }

    private Path pair(String name, Path file, Path log) throws IOException {
        Path pair = Files.createDirectory(root.resolve(name));
        Files.copy(file.resolve(Database.FILE), pair.resolve(Database.FILE));
        Files.copy(log.resolve(LOG), pair.resolve(LOG));
        return pair;
    }

    private static Path replace(Path file) throws IOException {
        Files.delete(file);
        return file;
    }

    private static void sql(Path folder, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(Database.FILE));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private static void assertPlayers(Path folder, String... names) {
        try (EmbeddedStore store = open(folder)) {
            assertThat(Realm.await(store.integrityCheck())).isEmpty();
            assertThat(Realm.check(store).players()).isEqualTo(names.length);
            for (String name : names) {
                assertThat(Realm.await(store.findPlayer(name))).as(name).isPresent();
            }
        }
    }

    private static void assertRefused(Path folder, String... parts) {
        assertThatThrownBy(() -> open(folder).close())
                .isInstanceOf(StoreOpenException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("\n");
    }

    private static EmbeddedStore open(Path folder) {
        return EmbeddedStore.open(StoreSettings.embedded(folder, 100, 100));
    }
}
