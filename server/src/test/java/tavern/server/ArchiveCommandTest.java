package tavern.server;

import static org.assertj.core.api.Assertions.assertThat;
import static tavern.server.store.Realm.wish;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.server.archive.ArchivedRealm;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;

/** {@code bin/server archive ls|verify|export}, and what damage {@code verify} finds. */
final class ArchiveCommandTest {
    private static final int DAMAGES = 100;

    @TempDir
    private Path root;

    private Path sound;
    private final StringWriter output = new StringWriter();

    /** Six segments, of which the first and a part of the second have left the store, and some entries after them. */
    @BeforeEach
    void archiveSomething() throws Exception {
        sound = Files.createDirectory(root.resolve("sound"));
        try (Store store = EmbeddedStore.open(StoreSettings.embedded(sound, 1_000, 1_000))) {
            Realm realm = new Realm(store);
            Player ann = realm.open("ann", "gold", 1_000);
            Player bob = realm.open("bob", "potion", 1_000);
            for (int i = 0; i < 30; i++) {
                realm.item(ann, "bow");
                realm.settle(wish(ann, bob, Goods.of("gold", 3), Goods.of("potion", i % 3 + 1)));
            }
            ArchivedRealm.archive(store, sound.resolve("archive"), 10, 13);
        }
    }

    @Test
    void theArchiveIsListedVerifiedAndExported() throws Exception {
        assertThat(run(sound, "ls")).as("%s", output).isZero();
        assertThat(output.toString()).hasLineCount(6).contains("1  10 entries  1 to 10", "6  10 entries  51 to 60");
        assertThat(run(sound, "verify")).as("%s", output).isZero();
        assertThat(output.toString()).startsWith("sound: 6 segments with 60 entries; the store agrees");
        assertThat(run(sound, "export", "-")).isZero();
        List<String> lines = output.toString().lines().toList();
        assertThat(lines).hasSize(60);
        JsonObject first = JsonParser.parseString(lines.get(0)).getAsJsonObject();
        assertThat(first.get("id").getAsString()).isEqualTo("starter:1");
        assertThat(first.getAsJsonArray("legs").toString()).contains("\"stacks\":{\"gold\":1000}", "mint:starter");
        Path csv = root.resolve("out.csv");
        assertThat(run(sound, "export", "--csv", csv.toString()))
                .as("%s", output)
                .isZero();
        assertThat(Files.readAllLines(csv))
                .startsWith("segment,position,at_ms,id,room,fence,from,to,kind,count,item,made")
                .contains("1,1," + Realm.NOW + ",\"starter:1\",,0,mint:starter,1,gold,1000,,");
        assertThat(run(sound, "export", "--csv", csv.toString())).isEqualTo(1);
        assertThat(output.toString()).contains("is not overwritten");
        assertThat(run(sound, "export", "--from", "2030-01-01", "-")).isZero();
        assertThat(output.toString()).isEmpty();
        assertThat(run(sound, "export", "--to", "tomorrow", "-")).isEqualTo(1);
        assertThat(output.toString()).contains("tomorrow is not a date like");
    }

    @Test
    void whileAServerUsesTheStoreTheFilesAreVerified() throws Exception {
        try (Store store = EmbeddedStore.open(StoreSettings.embedded(sound, 1_000, 1_000))) {
            assertThat(store.stats().available()).isTrue();
            assertThat(run(sound, "verify")).as("%s", output).isZero();
            assertThat(output.toString()).contains("sound: 6 segments", "a server uses the store");
        }
    }

    @Test
    void aRestoredOlderStoreIsNotTheArchives() throws Exception {
        Path other = Files.createDirectory(root.resolve("other"));
        EmbeddedStore.open(StoreSettings.embedded(other, 1_000, 1_000)).close();
        copy(sound.resolve("archive"), other.resolve("archive"));
        assertThat(run(other, "verify")).isEqualTo(1);
        assertThat(output.toString()).contains("segment 6 is not of this store, whose newest one is 0");
    }

    @Test
    @Timeout(60)
    void aRunOfMissingFilesIsOneFault() throws Exception {
        Path archive = sound.resolve("archive");
        Files.move(archive.resolve("000000000005.segment"), archive.resolve("999999999999.segment"));
        assertThat(run(sound, "verify")).isEqualTo(1);
        assertThat(output.toString())
                .contains("segment 5 is missing", "segments 7 to 999999999998 are missing")
                .contains("segment 999999999999 is not of this store");
    }

    @Test
    void eachSegmentIsComparedWithTheStoreWhateverIsWrongWithOthers() throws Exception {
        Files.delete(sound.resolve("archive/000000000003.segment"));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + sound.resolve("tavern.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE entry SET at_ms = at_ms + 1 WHERE position IN (42, 48, 55)");
        }
        assertThat(run(sound, "verify")).isEqualTo(1);
        assertThat(output.toString())
                .contains("segment 3 is missing", "segment 5: entry 42", "segment 6: entry 55")
                .doesNotContain("segment 4: entry", "entry 48");
    }

    /** Flips, cuts, removals and swaps in the archive, the checkpoint, what is recorded of segments, and the ledger. */
    @Test
    void everyDamageIsFound() throws Exception {
        Random random = new Random(20_261_129);
        List<String> missed = new ArrayList<>();
        for (int i = 0; i < DAMAGES; i++) {
            Path copy = root.resolve("damaged-" + i);
            copy(sound, copy);
            String what = i % 2 == 0 ? damageFile(copy.resolve("archive"), random) : damageStore(copy, random);
            if (run(copy, "verify") != 1) {
                missed.add(what + ": " + output);
            } else if (i % 2 == 0) {
                assertThat(output.toString()).as(what).contains("segment");
            }
            remove(copy);
        }
        assertThat(missed).isEmpty();
    }

    @Test
    void nothingOfABrokenFileIsExported() throws Exception {
        Random random = new Random(7);
        Path file = sound.resolve("archive/000000000003.segment");
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < 30; i++) {
            byte[] broken = bytes.clone();
            broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, broken);
            assertThat(run(sound, "export", "-")).isEqualTo(1);
            assertThat(output.toString().lines().filter(line -> line.startsWith("{")))
                    .hasSize(20);
            assertThat(output.toString()).contains("000000000003.segment: it was changed or cut");
        }
    }

    @Test
    void anArchiveWhoseFolderIsMissingIsNotSound() throws Exception {
        Files.move(sound.resolve("archive"), root.resolve("unmounted"));
        for (String[] words : List.of(new String[] {"ls"}, new String[] {"verify"}, new String[] {"export", "-"})) {
            assertThat(run(sound, words)).as("%s", output).isEqualTo(1);
            assertThat(output.toString()).contains("archive: there is no such folder; is it mounted?");
        }
    }

    /** A folder in the place of a file cannot be read even by root. */
    @Test
    void aFileThatCannotBeReadIsNamedAndTheOthersAreVerified() throws Exception {
        Files.delete(sound.resolve("archive/000000000002.segment"));
        Files.createDirectory(sound.resolve("archive/000000000002.segment"));
        Files.delete(sound.resolve("archive/000000000005.segment"));
        assertThat(run(sound, "verify")).isEqualTo(1);
        assertThat(output.toString()).contains("segment 2 cannot be read: ", "segment 5 is missing");
        assertThat(run(sound, "ls")).isEqualTo(1);
        assertThat(output.toString()).contains("2  cannot be read: ", "6  10 entries");
    }

    @Test
    void anExportThatFailsLeavesNothing() throws Exception {
        Path file = sound.resolve("archive/000000000003.segment");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        Path out = root.resolve("out.jsonl");
        assertThat(run(sound, "export", out.toString())).isEqualTo(1);
        assertThat(root).isDirectoryNotContaining("glob:**out.jsonl*");
        Files.write(file, bytes);
        assertThat(run(sound, "export", out.toString())).as("%s", output).isZero();
        assertThat(Files.readAllLines(out)).hasSize(60);
        assertThat(root).isDirectoryNotContaining("glob:**.part");
        assertThat(run(sound, "export", root.resolve("no/such/folder").toString()))
                .isEqualTo(1);
        assertThat(output.toString()).contains("NoSuchFile");
    }

    @Test
    void anOutputThatFailsIsNoExport() throws Exception {
        Writer full = new Writer() {
            @Override
            public void write(char[] text, int from, int count) throws IOException {
                throw new IOException("full");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        assertThat(run(new PrintWriter(full), sound, "export", "-")).isEqualTo(1);
        assertThat(output.toString()).contains("standard output could not be written");
    }

    private static String damageFile(Path archive, Random random) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(archive)) {
            files = all.sorted().toList();
        }
        Path file = files.get(random.nextInt(files.size()));
        byte[] bytes = Files.readAllBytes(file);
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(6)) {
            case 0 -> {
                Files.delete(file);
                return "removed " + file;
            }
            case 1 -> {
                Files.write(file, Arrays.copyOf(bytes, at));
                return "cut " + file + " at " + at;
            }
            case 2 -> {
                Path other = files.get((files.indexOf(file) + 1 + random.nextInt(files.size() - 1)) % files.size());
                Files.copy(other, file, StandardCopyOption.REPLACE_EXISTING);
                return "copied " + other + " to " + file;
            }
            default -> {
                bytes[at] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, bytes);
                return "flipped " + file + " at " + at;
            }
        }
    }

    private static String damageStore(Path folder, Random random) throws SQLException {
        String[][] columns = {
            {"entry", "position", "id", "at_ms", "legs", "room", "fence"},
            {"checkpoint", "key", "value"},
            {
                "segment",
                "before",
                "entries",
                "first",
                "last",
                "newest_ms",
                "entries_hash",
                "changes",
                "changes_hash",
                "digest",
                "hash"
            },
            {"balance", "count"},
        };
        String[] table = columns[random.nextInt(columns.length)];
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tavern.db"));
                Statement statement = connection.createStatement()) {
            // Of what is not sealed yet, only goods are known from elsewhere.
            String sealed = table[0].equals("entry") ? " WHERE position <= 60" : "";
            int rows = number(statement, "SELECT count(*) FROM " + table[0] + sealed);
            String where = " WHERE rowid = (SELECT rowid FROM " + table[0] + sealed + " LIMIT 1 OFFSET "
                    + random.nextInt(rows) + ")";
            if (table[0].equals("checkpoint")) {
                where = where.replace("rowid", "key");
            } else if (table[0].equals("balance")) {
                where = " WHERE player = " + (1 + random.nextInt(2));
            }
            String sql;
            if (random.nextInt(3) == 0) {
                sql = "DELETE FROM " + table[0] + where;
            } else {
                String column = table[1 + random.nextInt(table.length - 1)];
                sql = "UPDATE " + table[0] + " SET " + column + " = CASE typeof(" + column
                        + ") WHEN 'integer' THEN " + column + " + 1000 WHEN 'null' THEN 'hall' ELSE "
                        + "substr(" + column + ", 1, length(" + column + ") - 1) || CASE substr(" + column
                        + ", -1) WHEN '1' THEN '2' ELSE '1' END END" + where;
            }
            statement.executeUpdate(sql);
            return sql;
        }
    }

    private static int number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }

    private int run(Path store, String... words) throws IOException {
        return run(new PrintWriter(output), store, words);
    }

    private int run(PrintWriter out, Path store, String... words) throws IOException {
        output.getBuffer().setLength(0);
        Path config = Files.writeString(root.resolve("my.conf"), "store.path = \"" + store + "\"\n");
        List<String> all = new ArrayList<>(List.of("--config", config.toString(), "archive"));
        all.addAll(List.of(words));
        CommandLine line = Main.commandLine().setOut(out).setErr(new PrintWriter(output));
        return line.execute(all.toArray(String[]::new));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(folder).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
