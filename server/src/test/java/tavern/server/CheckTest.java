package tavern.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tavern.server.store.Realm;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;

/** {@code bin/server check}: nothing is called sound that was not read whole. */
final class CheckTest {
    @TempDir
    private Path root;

    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(root.resolve("data"));
    }

    @Test
    void aFolderWithoutADatabaseIsNotSoundAndStaysEmpty() {
        assertThat(check(1)).startsWith("there is no database in " + folder).contains("store.path");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aDatabaseThatNobodyUsedIsCalledEmpty() {
        open().close();
        assertThat(check(0)).startsWith("empty, never used").doesNotContain("sound");
    }

    @Test
    void aDatabaseWithPlayersIsSound() {
        try (EmbeddedStore store = open()) {
            new Realm(store).open("ann", "gold", 5);
        }
        assertThat(check(0)).startsWith("sound: 1 players");
        assertThat(check(0)).as("a check leaves it as it was").startsWith("sound: 1 players");
    }

    @Test
    void aDatabaseThatWasCopiedWithoutItsLogIsNotSound() throws Exception {
        Path file = folder.resolve("tavern.db");
        byte[] copy;
        try (EmbeddedStore store = open()) {
            new Realm(store).open("ann", "gold", 5);
            copy = Files.readAllBytes(file);
        }
        Files.write(file, copy);
        assertThat(check(1)).contains("was copied without its log tavern.db-wal");
    }

    @Test
    void aDatabaseWithABrokenPageIsNotSound() throws Exception {
        try (EmbeddedStore store = open()) {
            Realm realm = new Realm(store);
            for (int player = 0; player < 300; player++) {
                realm.open("player-" + player, "gold", 5);
            }
        }
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("tavern.db").toFile(), "rw")) {
            byte[] page = new byte[4096];
            Arrays.fill(page, (byte) 0x5a);
            file.seek(file.length() - page.length);
            file.write(page);
        }
        assertThat(check(1)).isNotBlank().doesNotContain("sound").doesNotContain("\tat ");
    }

    @Test
    void anEntryOfTheLedgerThatCannotBeReadIsNamed() throws Exception {
        try (EmbeddedStore store = open()) {
            new Realm(store).open("ann", "gold", 5);
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tavern.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE entry SET legs = 'rubbish'");
        }
        assertThat(check(1))
                .contains("entry starter:1 cannot be read", "rubbish")
                .doesNotContain("sound:");
    }

    @Test
    void goodsThatDoNotAddUpAreNamed() throws Exception {
        try (EmbeddedStore store = open()) {
            new Realm(store).open("ann", "gold", 5);
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tavern.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE balance SET count = 6");
        }
        assertThat(check(1)).contains("player 1 has 6 gold, the ledger says 5").doesNotContain("sound:");
    }

    @Test
    void whatAKilledCheckHasLeftIsRemovedUnlessItIsInUse() throws Exception {
        open().close();
        Files.write(folder.resolve("tavern-check-1.db"), new byte[10_000]);
        Path used = folder.resolve("tavern-check-2.db");
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + used);
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            check(0);
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files.filter(file -> file.getFileName().toString().matches("tavern-check-.*[.]db")))
                        .containsExactly(used);
            }
        }
        check(0);
        assertThat(used).doesNotExist();
    }

    private EmbeddedStore open() {
        return EmbeddedStore.open(StoreSettings.embedded(folder, 100, 100));
    }

    /** @return what it printed */
    private String check(int exitCode) {
        try {
            Path config = Files.writeString(root.resolve("my.conf"), "store.path = \"" + folder + "\"\n");
            StringWriter output = new StringWriter();
            CommandLine line =
                    Main.commandLine().setOut(new PrintWriter(output)).setErr(new PrintWriter(output));
            assertThat(line.execute("--config", config.toString(), "check"))
                    .as("%s", output)
                    .isEqualTo(exitCode);
            return output.toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
