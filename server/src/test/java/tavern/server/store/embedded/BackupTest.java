package tavern.server.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.server.game.Settlement;
import tavern.server.game.TradeId;
import tavern.server.store.BackupRefusedException;
import tavern.server.store.BackupState;
import tavern.server.store.Backups;
import tavern.server.store.Realm;
import tavern.server.store.StoreInUseException;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;

/** Copies of a store in use, and their way back. */
@Timeout(60)
final class BackupTest {
    private static final long SEED = 20261128;
    private static final int IN_FLIGHT = 20;
    private static final int COPIES = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path root;

    private Path folder;
    private Path copy;

    @BeforeEach
    void nameFolders() throws IOException {
        folder = Files.createDirectory(root.resolve("data"));
        copy = root.resolve("copy.db");
    }

    @Test
    void everyCopyTakenInTheMiddleOfAStormIsSoundAndHasWhatWasAnsweredBefore() throws Exception {
        List<Set<TradeId>> answeredBefore = new ArrayList<>();
        try (EmbeddedStore store = open(folder)) {
            Storm storm = new Storm(store);
            Thread trading = new Thread(storm::run, "storm");
            trading.start();
            try {
                Random random = new Random(SEED);
                for (int i = 0; i < COPIES; i++) {
                    int trades = storm.answered.size() + 50 + random.nextInt(200);
                    await().atMost(PATIENCE).until(() -> storm.answered.size() > trades);
                    answeredBefore.add(Set.copyOf(storm.answered));
                    assertThat(backUp(store, root.resolve("copy-" + i), 50_000_000)
                                    .phase())
                            .isEqualTo(BackupState.Phase.DONE);
                }
            } finally {
                storm.over.set(true);
                trading.join();
            }
        }
        for (int i = 0; i < COPIES; i++) {
            Path restored = Files.createDirectory(root.resolve("restored-" + i));
            Restore.run(root.resolve("copy-" + i), restored, false);
            try (EmbeddedStore store = open(restored)) {
                String when = "copy " + i + " of seed " + SEED;
                assertThat(Realm.await(store.integrityCheck())).as(when).isEmpty();
                assertThat(Realm.check(store).differences()).as(when).isEmpty();
                Realm realm = new Realm(store);
                Player ann = realm.open("ann");
                Player bob = realm.open("bob");
                assertThat(realm.inventory(ann).count("gold")
                                + realm.inventory(bob).count("gold"))
                        .as(when)
                        .isEqualTo(2_000_000);
                for (TradeId id : answeredBefore.get(i)) {
                    assertThat(Realm.await(Realm.findTrade(store, id))).as(when).isPresent();
                }
            }
        }
    }

    /** Trades until told to stop, always many at a time. */
    private static final class Storm {
        final Set<TradeId> answered = ConcurrentHashMap.newKeySet();
        final AtomicBoolean over = new AtomicBoolean();
        private final Realm realm;
        private final Player ann;
        private final Player bob;

        Storm(EmbeddedStore store) {
            realm = new Realm(store);
            ann = realm.open("ann", "gold", 1_000_000);
            bob = realm.open("bob", "gold", 1_000_000);
        }

        void run() {
            Random random = new Random(SEED);
            Semaphore free = new Semaphore(IN_FLIGHT);
            while (!over.get()) {
                boolean there = random.nextBoolean();
                Settlement wish = Realm.wish(
                        there ? ann : bob,
                        there ? bob : ann,
                        Goods.of("gold", 1 + random.nextInt(20)),
                        Goods.of("gold", 1));
                free.acquireUninterruptibly();
                realm.ask(wish, null).whenComplete((settled, failure) -> {
                    if (failure == null) {
                        answered.add(settled.id());
                    }
                    free.release();
                });
            }
            free.acquireUninterruptibly(IN_FLIGHT);
        }
    }

    @Test
    void anExistingFileIsNotOverwrittenAndAnotherNameIsAskedFor() throws Exception {
        Files.writeString(copy, "mine");
        try (EmbeddedStore store = open(folder)) {
            assertThatThrownBy(() -> backUp(store, copy, 0))
                    .hasCauseInstanceOf(BackupRefusedException.class)
                    .hasMessageContaining("exists, and is not overwritten");
            assertThatThrownBy(() -> backUp(store, root.resolve("nowhere/deeper/copy.db"), 0))
                    .hasMessageContaining("there is no folder");
            assertThatThrownBy(() -> backUp(store, Path.of("copy.db"), 0)).hasMessageContaining("not an absolute path");
            assertThat(store.backups().state()).isEqualTo(BackupState.NONE);
        }
        assertThat(copy).hasContent("mine");
    }

    @Test
    void aStopInTheMiddleLeavesNoFileAndTheNextBackupMakesIt() throws Exception {
        EmbeddedStore store = filled(folder);
        Backups backups = store.backups();
        Realm.await(backups.start(copy, 10_000));
        await().atMost(PATIENCE).until(() -> backups.state().doneBytes() > 0);
        assertThatThrownBy(() -> backUp(store, root.resolve("other.db"), 0)).hasMessageContaining("still under way");
        store.close();
        assertThat(backups.state().phase()).isEqualTo(BackupState.Phase.FAILED);
        assertThat(backups.state().problem()).contains("the server stopped");
        try (var files = Files.list(root)) {
            assertThat(files).containsExactly(folder);
        }
        try (EmbeddedStore again = open(folder)) {
            assertThat(backUp(again, copy, 0).phase()).isEqualTo(BackupState.Phase.DONE);
        }
    }

    @Test
    void whatAKilledBackupLeftIsReplacedButNobodyElsesFile() throws Exception {
        Path part = root.resolve("copy.db.part");
        try (EmbeddedStore store = filled(folder)) {
            Files.writeString(part, "somebody's notes");
            assertThatThrownBy(() -> backUp(store, copy, 0)).hasMessageContaining("not the rest of a backup");
            assertThat(part).hasContent("somebody's notes");
            Files.delete(part);
            byte[] foreign = Files.readAllBytes(foreign(part));
            assertThatThrownBy(() -> backUp(store, copy, 0)).hasMessageContaining("not the rest of a backup");
            assertThat(part).hasBinaryContent(foreign);
            assertThat(backUp(store, root.resolve("whole.db"), 0).phase()).isEqualTo(BackupState.Phase.DONE);
            Files.move(root.resolve("whole.db"), part, StandardCopyOption.REPLACE_EXISTING);
            assertThat(backUp(store, copy, 0).phase()).isEqualTo(BackupState.Phase.DONE);
            Files.delete(copy);
            Files.write(part, new byte[4096]);
            assertThat(backUp(store, copy, 0).phase()).isEqualTo(BackupState.Phase.DONE);
        }
        assertThat(part).doesNotExist();
        assertThat(copy).exists();
    }

    @Test
    void aCopyAndARestoredDatabaseCanBeReadByTheirOwnerOnly() throws Exception {
        try (EmbeddedStore store = filled(folder)) {
            backUp(store, copy, 0);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
        Path other = Files.createDirectory(root.resolve("other"));
        Restore.run(copy, other, false);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(other.resolve("tavern.db"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aWriterThatOpensTheFileAnewDuringACopyLeavesTheLogAloneToo() throws Exception {
        Database database = new Database(folder);
        database.autoCheckpoints(false);
        assertThat(autoCheckpointPages(database)).isZero();
        database.autoCheckpoints(true);
        assertThat(autoCheckpointPages(database)).isPositive();
    }

    private static int autoCheckpointPages(Database database) throws Exception {
        try (Connection connection = database.openToWrite();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA wal_autocheckpoint")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** A start then would otherwise take the folder for an empty one, and begin a new realm in it. */
    @Test
    void aRestoreThatIsKilledBetweenTwoStepsLeavesAFolderThatIsRefusedOrWhole() throws Exception {
        try (EmbeddedStore store = filled(folder)) {
            backUp(store, copy, 0);
        }
        int refused = 0;
        boolean killed = true;
        for (int step = 1; killed; step++) {
            Path target = Files.createDirectory(root.resolve("target-" + step));
            Files.copy(folder.resolve("tavern.db"), target.resolve("tavern.db"));
            byte[] original = Files.readAllBytes(target.resolve("tavern.db"));
            Files.writeString(target.resolve("audit.anchor"), "anchor");
            killed = killedAfter(step, target);
            try {
                assertThat(has(target, "player-1")).as("after step " + step).isTrue();
            } catch (StoreOpenException e) {
                assertThat(e)
                        .hasMessageContaining("bin/server restore FILE --replace")
                        .hasMessageContaining("move back what is in " + target.resolve("replaced-1"));
                refused++;
                killedAfter(3, target); // once more, before it succeeds
                assertThat(Restore.run(copy, target, true)).isEqualTo(target.resolve("replaced-1"));
                assertThat(target.resolve("replaced-1/tavern.db"))
                        .as("the original after step " + step)
                        .hasBinaryContent(original);
                assertThat(has(target, "player-1"))
                        .as("again after step " + step)
                        .isTrue();
            }
        }
        assertThat(refused).isGreaterThanOrEqualTo(4);
    }

    /** Who has moved the files back, as the refusal says, and then restores again, keeps them. */
    @Test
    void whatWasMovedBackAfterARestoreThatBrokeOffIsSetAsideAgain() throws Exception {
        try (EmbeddedStore store = filled(folder)) {
            backUp(store, copy, 0);
        }
        Path target = Files.createDirectory(root.resolve("moved-back"));
        Files.copy(folder.resolve("tavern.db"), target.resolve("tavern.db"));
        byte[] original = Files.readAllBytes(target.resolve("tavern.db"));
        assertThat(killedAfter(4, target)).isTrue();
        assertThat(target.resolve("tavern.db")).as("set aside").doesNotExist();
        Files.move(target.resolve("replaced-1/tavern.db"), target.resolve("tavern.db"));
        Restore.run(copy, target, true);
        assertThat(target.resolve("replaced-2/tavern.db")).hasBinaryContent(original);
        assertThat(has(target, "player-1")).isTrue();
    }

    private boolean killedAfter(int step, Path target) throws IOException {
        AtomicInteger left = new AtomicInteger(step);
        try {
            Restore.run(copy, target, true, () -> {
                if (left.decrementAndGet() == 0) {
                    throw new IllegalStateException("killed");
                }
            });
            return false;
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("killed");
            return true;
        }
    }

    /** The writer leaves the log alone during a copy. If that stayed so, the log would grow for ever. */
    @Test
    void theWriterMovesTheLogIntoTheFileAgainAfterABackup() throws Exception {
        try (EmbeddedStore store = filled(folder)) {
            backUp(store, copy, 0);
            for (int i = 0; i < 100; i++) {
                Realm.await(store.write(session -> session.execute("INSERT INTO chat_block"
                        + " (room, last_number, lines, content) SELECT 'big', ifnull(max(last_number), 0) + 1, 1,"
                        + " randomblob(1000000) FROM chat_block")));
            }
            // It moves the log from 48 MiB on.
            assertThat(Files.size(folder.resolve("tavern.db-wal"))).isLessThan(65_000_000);
        }
    }

    @Test
    void aLogOfTheOriginalIsForeignBesideTheCopy() throws Exception {
        Path log;
        try (EmbeddedStore store = filled(folder)) {
            backUp(store, copy, 0);
            log = Files.copy(folder.resolve("tavern.db-wal"), root.resolve("log"));
        }
        Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
        Restore.run(copy, elsewhere, false);
        Files.copy(log, elsewhere.resolve("tavern.db-wal"));
        assertThatThrownBy(() -> open(elsewhere)).hasMessageContaining("do not belong together");
    }

    @Test
    void aCopyThatIsNotWholeOrNotOursIsRefusedAndTheDatabaseThereStays() throws Exception {
        try (EmbeddedStore store = filled(folder)) {
            backUp(store, copy, 0);
        }
        Path cut = Files.copy(copy, root.resolve("cut.db"));
        try (FileChannel channel = FileChannel.open(cut, StandardOpenOption.WRITE)) {
            channel.truncate(Files.size(cut) - 4096);
        }
        assertRefused(cut, "cut.db");
        Path damaged = Files.copy(copy, root.resolve("damaged.db"));
        byte[] bytes = Files.readAllBytes(damaged);
        for (int i = bytes.length - 4096; i < bytes.length; i++) {
            bytes[i] = 0x5a;
        }
        Files.write(damaged, bytes);
        assertRefused(damaged, "damaged.db is damaged");
        assertRefused(
                Files.writeString(root.resolve("text.db"), "no database"), "text.db is damaged, or not a database");
        assertRefused(root.resolve("missing.db"), "there is no file");
        assertRefused(foreign(root.resolve("foreign.db")), "not a copy of a Tavern store");
        Path newer = Files.copy(copy, root.resolve("newer.db"));
        sql(newer, "PRAGMA user_version = 99");
        assertRefused(newer, "has schema 99");
        try (EmbeddedStore store = open(folder)) {
            new Realm(store);
            Path copied = Files.copy(folder.resolve("tavern.db"), root.resolve("copied.db"));
            assertThatThrownBy(() -> Restore.run(copied, root.resolve("new"), false))
                    .isInstanceOf(BackupRefusedException.class)
                    .hasMessageContaining("copied.db was copied from the folder of a running server");
            assertThatThrownBy(() -> Restore.run(copy, folder, true)).isInstanceOf(StoreInUseException.class);
        }
        byte[] before = Files.readAllBytes(folder.resolve("tavern.db"));
        assertThatThrownBy(() -> Restore.run(copy, folder, false)).hasMessageContaining("--replace");
        assertThat(folder.resolve("tavern.db")).hasBinaryContent(before);
        assertThat(folder.resolve("replaced-1")).doesNotExist();
        assertThat(has(folder, "player-1")).isTrue();
    }

    private void assertRefused(Path bad, String words) {
        assertThatThrownBy(() -> Restore.run(bad, folder, true))
                .isInstanceOf(BackupRefusedException.class)
                .hasMessageContaining(words);
        assertThat(folder.resolve("tavern.db")).exists();
        assertThat(folder.resolve("replaced-1")).doesNotExist();
        assertThat(folder.resolve("restored.part")).doesNotExist();
    }

    private static Path foreign(Path path) throws Exception {
        sql(path, "CREATE TABLE song (title)");
        return path;
    }

    private static void sql(Path file, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    @Test
    void aDatabaseThatIsReplacedIsSetAsideWithItsBooksAndAnchor() throws Exception {
        try (EmbeddedStore store = filled(folder)) {
            backUp(store, copy, 0);
            new Realm(store).open("latecomer");
        }
        Files.writeString(folder.resolve("books.db"), "books");
        Files.writeString(folder.resolve("audit.anchor"), "anchor");
        Files.writeString(folder.resolve("ops-tokens"), "tokens");

        Path aside = Restore.run(copy, folder, true);

        assertThat(aside).isEqualTo(folder.resolve("replaced-1"));
        assertThat(aside.resolve("books.db")).hasContent("books");
        assertThat(aside.resolve("audit.anchor")).hasContent("anchor");
        assertThat(folder.resolve("books.db")).doesNotExist();
        assertThat(folder.resolve("ops-tokens")).hasContent("tokens");
        assertThat(has(folder, "player-1")).isTrue();
        assertThat(has(folder, "latecomer")).isFalse();
        assertThat(has(aside, "latecomer")).isTrue();
    }

    private static boolean has(Path folder, String player) {
        try (EmbeddedStore store = open(folder)) {
            return Realm.await(store.findPlayer(player)).isPresent();
        }
    }

    private static EmbeddedStore open(Path folder) {
        return EmbeddedStore.open(StoreSettings.embedded(folder, 2 * IN_FLIGHT, 1_000));
    }

    /** With some megabytes. */
    static EmbeddedStore filled(Path folder) {
        EmbeddedStore store = open(folder);
        Realm.await(store.write(session -> session.execute("INSERT INTO player (id, name, created_ms)"
                + " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000)"
                + " SELECT i, 'player-' || i, 0 FROM n")));
        Realm.await(store.write(
                session -> session.execute("INSERT INTO account (id, version, puts) SELECT id, 1, 0 FROM player")));
        return store;
    }

    static BackupState backUp(EmbeddedStore store, Path file, long bytesPerSecond) {
        Backups backups = store.backups();
        Realm.await(backups.start(file, bytesPerSecond));
        await().atMost(PATIENCE).until(() -> !backups.state().isRunning());
        return backups.state();
    }
}
