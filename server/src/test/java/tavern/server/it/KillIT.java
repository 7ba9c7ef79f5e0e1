package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.TradeOutcome;

/** The server dies by SIGKILL in the middle of a trade storm, again and again, on the same data. */
@Timeout(600)
class KillIT {
    private static final Logger log = LoggerFactory.getLogger(KillIT.class);
    private static final int KILLS = 12;
    private static final int COMMITS_MIN = 50;
    private static final int COMMITS_MORE = 400;
    private static final int REPEATS = 3;

    @TempDir
    Path folder;

    @Test
    void noTradeIsLostOrDoneTwiceInManyKillsAndEverybodyIsToldTheSame() throws Exception {
        long seed = Long.getLong("tavern.test.seed", new Random().nextLong());
        Random random = new Random(seed);
        EmbeddedBooksAuditor books = new EmbeddedBooksAuditor(folder);
        int doubts = 0;
        long unheard = 0;
        try (TradeStorm storm = new TradeStorm(random)) {
            for (int kill = 1; kill <= KILLS; kill++) {
                String when = "kill " + kill + " of seed " + seed;
                try (ServerProcess server = ServerProcess.start(folder, TradeStorm.NO_LIMITS)) {
                    storm.enter(server.address());
                    long known = storm.market().committed();
                    doubts += storm.settleDoubts();
                    unheard += storm.market().committed() - known;
                    for (TestTrader trader : storm.traders()) {
                        trader.repeatSomeEnded(REPEATS);
                    }
                    storm.begin();
                    storm.market().awaitCommits(COMMITS_MIN + random.nextInt(COMMITS_MORE));
                    assertThat(server.isAlive()).as(when).isTrue();
                    server.kill();
                    storm.awaitEnd();
                } catch (Exception | AssertionError e) {
                    throw new AssertionError(when + ": " + e, e);
                }
                assertThat(books.audit(storm.market().deals())).as(when).isEmpty();
            }
            checkAfterTheLast(storm, books, "after all kills of seed " + seed);
            long committed = storm.market().committed();
            log.info(
                    "seed {}: {} kills, {} trades tried, {} committed, {} in doubt at a kill, {} of them committed"
                            + " unheard, {} requests to be made again later",
                    seed,
                    KILLS,
                    storm.market().deals().size(),
                    committed,
                    doubts,
                    unheard,
                    storm.market().unavailable());
            assertThat(committed).isGreaterThan(KILLS * COMMITS_MIN);
            assertThat(storm.market().unavailable())
                    .as("only while a busy machine kept the store silent for a moment")
                    .isLessThan(committed / 4);
            assertThat(doubts).isPositive();
            assertThat(unheard).isPositive();
        }
    }

    private void checkAfterTheLast(TradeStorm storm, EmbeddedBooksAuditor books, String when) throws Exception {
        try (ServerProcess server = ServerProcess.start(folder, TradeStorm.NO_LIMITS)) {
            storm.enter(server.address());
            storm.settleDoubts();
            server.terminate();
            assertThat(server.exitCode(30)).as(when).isZero();
        }
        assertThat(storm.market().deals(deal -> !deal.isRefused() && deal.outcome() == null))
                .as(when)
                .isEmpty();
        assertThat(storm.market().deals(deal -> deal.outcome() == TradeOutcome.DECLINED))
                .as(when)
                .isNotEmpty();
        assertThat(books.audit(storm.market().deals())).as(when).isEmpty();
    }
}
