package tavern.server.store.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Player;
import tavern.server.store.BackupState;
import tavern.server.store.KeptGame;
import tavern.server.store.LedgerEntry;
import tavern.server.store.OutboxRow;
import tavern.server.store.Realm;
import tavern.server.store.StoreOpenException;
import tavern.server.store.TransactionDraft;

/** The store's process dies in the middle of a storm of trades, larger transactions or turns, again and again, on the same folder. */
@Timeout(120)
final class KilledProcessIT {
    private static final int ROUNDS = 6;
    private static final int TURN_ROUNDS = 3;
    private static final int ANSWERS_MAX = 2000;
    private static final long SEED = 20261123;

    @TempDir
    private Path folder;

    @Test
    void everyAnsweredTransactionSurvivesOnceAndNothingIsLost() throws Exception {
        Random random = new Random(SEED);
        Set<String> answered = new HashSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            List<String> heard = stormUntilKilled(start(random.nextLong()), 1 + random.nextInt(ANSWERS_MAX));
            answered.addAll(heard);
            try (EmbeddedStore store = EmbeddedStore.open(TradeStormProcess.settings(folder))) {
                String when = "round " + round + " of seed " + SEED;
                assertThat(Realm.await(store.integrityCheck())).as(when).isEmpty();
                assertThat(Realm.check(store).differences()).as(when).isEmpty();
                Set<String> published = new HashSet<>();
                for (OutboxRow row : Realm.await(store.outbox(0, Integer.MAX_VALUE))) {
                    assertThat(published.add(
                                    row.messageId().startsWith("craft:")
                                            ? row.messageId()
                                            : "trade:" + row.messageId()))
                            .as(when)
                            .isTrue();
                }
                assertThat(published).as(when).containsAll(answered);
                assertThat(ledger(store)).as(when).containsAll(answered).doesNotHaveDuplicates();
                for (String id : heard) {
                    assertThat(Realm.await(store.findOutcome(TransactionDraft.datedId(id))))
                            .as(when)
                            .isPresent();
                }
            }
        }
        assertThat(answered).hasSizeGreaterThan(ROUNDS);
    }

    @Test
    void aFolderThatALiveProcessHoldsIsRefusedWithItsNumber() throws Exception {
        Process storm = start(1);
        try (BufferedReader lines = storm.inputReader(US_ASCII)) {
            assertThat(lines.readLine()).isEqualTo(TradeStormProcess.READY);
            assertThatThrownBy(() -> EmbeddedStore.open(TradeStormProcess.settings(folder)))
                    .isInstanceOf(StoreOpenException.class)
                    .hasMessageContaining("in use by process " + storm.pid());
        } finally {
            storm.destroyForcibly().waitFor();
        }
        EmbeddedStore.open(TradeStormProcess.settings(folder)).close();
    }

    @Test
    void aBackupThatIsKilledLeavesNoFileOfThatNameAndTheNextOneMakesIt() throws Exception {
        BackupTest.filled(folder).close();
        Path copy = folder.resolve("copy.db").toAbsolutePath();
        Process backup = start(BackupProcess.class, folder.toString(), copy.toString());
        try (BufferedReader lines = backup.inputReader(US_ASCII)) {
            assertThat(lines.readLine()).isEqualTo(BackupProcess.COPYING);
        } finally {
            backup.destroyForcibly().waitFor();
        }
        assertThat(copy).doesNotExist();
        assertThat(folder.resolve("copy.db.part")).exists();
        try (EmbeddedStore store = EmbeddedStore.open(TradeStormProcess.settings(folder))) {
            assertThat(BackupTest.backUp(store, copy, 0).phase()).isEqualTo(BackupState.Phase.DONE);
        }
        assertThat(folder.resolve("copy.db.part")).doesNotExist();
    }

    /** The room's state is the number of its turns; every third one gives a piece of gold and has an event. */
    @Test
    void aTurnSurvivesWithItsGoodsAndItsEventOrNotAtAll() throws Exception {
        Random random = new Random(SEED);
        Player ann;
        try (EmbeddedStore store = EmbeddedStore.open(TradeStormProcess.settings(folder))) {
            ann = new Realm(store).open("ann");
        }
        long kept = 0;
        for (int round = 0; round < TURN_ROUNDS; round++) {
            Process storm =
                    start(TurnStormProcess.class, folder.toString(), ann.id().toString());
            List<String> heard = stormUntilKilled(storm, 1 + random.nextInt(ANSWERS_MAX));
            long first = kept + 1;
            assertThat(heard.stream().map(Long::valueOf).toList())
                    .as("in their order")
                    .isEqualTo(LongStream.range(first, first + heard.size())
                            .boxed()
                            .toList());
            try (EmbeddedStore store = EmbeddedStore.open(TradeStormProcess.settings(folder))) {
                KeptGame game = Realm.await(store.game(Realm.ROOM)).orElseThrow();
                kept = game.revision();
                assertThat(kept).isGreaterThanOrEqualTo(first + heard.size() - 1);
                assertThat(game.state()).asString(US_ASCII).isEqualTo(Long.toString(kept));
                long given = kept / TurnStormProcess.GIVES_EVERY;
                assertThat(new Realm(store).inventory(ann).count("gold")).isEqualTo(given);
                assertThat(Realm.await(store.outbox(0, Integer.MAX_VALUE)))
                        .extracting(OutboxRow::messageId)
                        .doesNotHaveDuplicates()
                        .hasSize((int) given);
                assertThat(ledger(store))
                        .filteredOn(id -> id.startsWith("turn:"))
                        .hasSize((int) given);
                assertThat(Realm.check(store).differences()).isEmpty();
            }
        }
    }

    private List<String> stormUntilKilled(Process storm, int answers) throws IOException, InterruptedException {
        List<String> heard = new ArrayList<>();
        try (BufferedReader lines = storm.inputReader(US_ASCII)) {
            assertThat(lines.readLine()).isEqualTo(TradeStormProcess.READY);
            String line = lines.readLine();
            while (line != null && heard.size() < answers) {
                heard.add(line);
                line = lines.readLine();
            }
            storm.toHandle().destroyForcibly(); // unlike the process's own method, it leaves the pipe open
            // What was still said before it died counts too, but for a last line cut short.
            for (; line != null; line = lines.readLine()) {
                if (line.length() == heard.get(0).length()) {
                    heard.add(line);
                }
            }
        } finally {
            storm.destroyForcibly().waitFor();
        }
        return heard;
    }

    private Process start(long seed) throws IOException {
        return start(TradeStormProcess.class, folder.toString(), Long.toString(seed));
    }

    private static Process start(Class<?> program, String first, String second) throws IOException {
        String java = ProcessHandle.current().info().command().orElse("java");
        return new ProcessBuilder(
                        java,
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName(),
                        first,
                        second)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static List<String> ledger(EmbeddedStore store) {
        List<String> ids = new ArrayList<>();
        for (List<LedgerEntry> page = Realm.await(store.ledger("", 5000)); !page.isEmpty(); ) {
            page.forEach(entry -> ids.add(entry.id()));
            page = Realm.await(store.ledger(page.get(page.size() - 1).position(), 5000));
        }
        return ids;
    }
}
