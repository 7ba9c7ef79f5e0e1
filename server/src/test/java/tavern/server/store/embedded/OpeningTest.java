package tavern.server.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.store.Realm;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;

final class OpeningTest {
    @TempDir
    private Path folder;

    @Test
    void aFileOfANewerServerIsRefused() throws Exception {
        open(folder).close();
        sql("PRAGMA user_version = 99");
        assertRefused(folder, "schema 99", "newer server");
    }

    @Test
    void aFileThatIsNoDatabaseIsRefusedAndLeftAlone() throws Exception {
        Path file = folder.resolve(Database.FILE);
        Files.writeString(file, "Dear diary, ".repeat(1000));
        assertRefused(folder, file.toString(), "not a database");
        assertThat(file).content().startsWith("Dear diary");
    }

    @Test
    void aTruncatedFileIsRefused() throws Exception {
        open(folder).close();
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve(Database.FILE).toFile(), "rw")) {
            file.setLength(file.length() / 2);
        }
        assertRefused(folder, Database.FILE, "backup");
    }

    @Test
    void aDatabaseOfSomethingElseIsRefused() throws Exception {
        sql("CREATE TABLE recipe (name TEXT)");
        assertRefused(folder, "something else");
    }

    @Test
    void aFolderThatThisProcessHoldsIsRefusedAndStaysHeld() {
        try (EmbeddedStore first = open(folder)) {
            assertRefused(folder, folder.toString(), "in use", "store.path");
            assertRefused(folder.resolve("../" + folder.getFileName()), "in use");
            assertThat(Realm.await(first.integrityCheck())).isEmpty();
        }
        open(folder).close();
    }

    @Test
    void aFolderThatCannotBeMadeIsRefused() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertRefused(file, file.toString(), "cannot be written");
        assertRefused(file.resolve("below"), file.toString(), "cannot be written");
    }

    @Test
    void aFailedOpeningLetsGoOfTheFolder() throws Exception {
        Files.writeString(folder.resolve(Database.FILE), "x".repeat(5000));
        assertRefused(folder, "not a database");
        Files.delete(folder.resolve(Database.FILE));
        open(folder).close();
    }

    private void sql(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(Database.FILE));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
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
