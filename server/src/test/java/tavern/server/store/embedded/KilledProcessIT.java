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
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.game.PlayerId;
import tavern.server.game.TradeId;
import tavern.server.store.OutboxRow;
import tavern.server.store.Realm;
import tavern.server.store.StoreOpenException;

/** The store's process dies in the middle of a trade storm, again and again, on the same folder. */
@Timeout(120)
final class KilledProcessIT {
    private static final int ROUNDS = 10;
    private static final int ANSWERS_MAX = 2000;
    private static final long SEED = 20261123;

    @TempDir
    private Path folder;

    @Test
    void everyAnsweredTradeSurvivesAndNothingIsLost() throws Exception {
        Random random = new Random(SEED);
        Set<String> answered = new HashSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            List<String> heard = stormUntilKilled(random.nextLong(), 1 + random.nextInt(ANSWERS_MAX));
            answered.addAll(heard);
            try (EmbeddedStore store = EmbeddedStore.open(TradeStorm.settings(folder))) {
                String when = "round " + round + " of seed " + SEED;
                assertThat(Realm.await(store.integrityCheck())).as(when).isEmpty();
                assertThat(Realm.await(store.checkConservation()).differences())
                        .as(when)
                        .isEmpty();
                Set<String> published = new HashSet<>();
                for (OutboxRow row : Realm.await(store.outbox(0, Integer.MAX_VALUE))) {
                    assertThat(published.add(row.messageId())).as(when).isTrue();
                }
                assertThat(published).as(when).containsAll(answered);
                for (String id : heard) {
                    assertThat(Realm.await(store.findTrade(tradeId(id))))
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
            assertThat(lines.readLine()).isEqualTo(TradeStorm.READY);
            assertThatThrownBy(() -> EmbeddedStore.open(TradeStorm.settings(folder)))
                    .isInstanceOf(StoreOpenException.class)
                    .hasMessageContaining("in use by process " + storm.pid());
        } finally {
            storm.destroyForcibly().waitFor();
        }
        EmbeddedStore.open(TradeStorm.settings(folder)).close();
    }

    private List<String> stormUntilKilled(long seed, int answers) throws IOException, InterruptedException {
        Process storm = start(seed);
        List<String> heard = new ArrayList<>();
        try (BufferedReader lines = storm.inputReader(US_ASCII)) {
            assertThat(lines.readLine()).isEqualTo(TradeStorm.READY);
            String line = lines.readLine();
            while (line != null && heard.size() < answers) {
                heard.add(line);
                line = lines.readLine();
            }
            storm.toHandle().destroyForcibly(); // unlike the process's own method, it leaves the pipe open
            // What was still said before it died counts too, but for a last line cut short.
            for (line = lines.readLine(); line != null; line = lines.readLine()) {
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
        String java = ProcessHandle.current().info().command().orElse("java");
        return new ProcessBuilder(
                        java,
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TradeStorm.class.getName(),
                        folder.toString(),
                        Long.toString(seed))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static TradeId tradeId(String messageId) {
        int dash = messageId.indexOf('-');
        return new TradeId(
                new PlayerId(Long.parseLong(messageId.substring(0, dash))),
                UUID.fromString(messageId.substring(dash + 1)));
    }
}
