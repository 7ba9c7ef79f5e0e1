package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server dies by SIGKILL in the middle of trade storms on Redis and RabbitMQ, which live on. */
@Timeout(180)
class ServicesKillIT {
    private static final Logger log = LoggerFactory.getLogger(ServicesKillIT.class);
    private static final int KILLS = 6;
    private static final int COMMITS_MIN = 50;
    private static final int COMMITS_MORE = 300;
    private static final int REPEATS = 3;

    @TempDir
    Path folder;

    @Test
    void noTradeIsLostOrPublishedWronglyAndEverybodyIsToldTheSame() throws Exception {
        long seed = Long.getLong("tavern.test.seed", new Random().nextLong());
        Random random = new Random(seed);
        int doubts = 0;
        long unheard = 0;
        try (TestServices services = TestServices.start(folder.resolve("services"));
                TradeStorm storm = TradeStorm.patient("trader", random)) {
            for (int kill = 1; kill <= KILLS; kill++) {
                String when = "kill " + kill + " of seed " + seed;
                try (ServerProcess server = ServerProcess.start(folder, services.settings(TradeStorm.NO_LIMITS))) {
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
                assertThat(services.audit(storm.market().deals())).as(when).isEmpty();
            }
            PublishedTrades published = end(services, storm, "after all kills of seed " + seed);
            log.info(
                    "seed {}: {} kills, {} trades committed, {} in doubt at a kill, {} of them committed unheard, {}"
                            + " published twice",
                    seed,
                    KILLS,
                    storm.market().committed(),
                    doubts,
                    unheard,
                    published.duplicates());
            assertThat(storm.market().committed()).isGreaterThan(KILLS * COMMITS_MIN);
            assertThat(doubts).isPositive();
            assertThat(unheard).isPositive();
        }
    }

    private PublishedTrades end(TestServices services, TradeStorm storm, String when) throws Exception {
        try (ServerProcess server = ServerProcess.start(folder, services.settings(TradeStorm.NO_LIMITS))) {
            storm.enter(server.address());
            storm.settleDoubts();
            storm.enter(server.address());
            storm.checkAccounts();
            PublishedTrades published = services.published();
            server.terminate();
            assertThat(server.exitCode(30)).as(when).isZero();
            assertThat(services.audit(storm.market().deals())).as(when).isEmpty();
            assertThat(published.audit(storm.market().deals())).as(when).isEmpty();
            return published;
        }
    }
}
