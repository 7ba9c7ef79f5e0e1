package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.config.TavernConfig;
import tavern.server.game.TavernRules;
import tavern.server.game.WordFilter;

/** Redis and RabbitMQ die, hang and are cut off in the middle of trade storms; no goods are lost and no room stops. */
@Timeout(180)
class ServicesFaultsIT {
    private static final Logger log = LoggerFactory.getLogger(ServicesFaultsIT.class);

    /** Far longer than a late tick of a busy machine, and far shorter than a blocked thread would take. */
    private static final Duration TICK_PAUSE_MAX = Duration.ofSeconds(1);

    /** Longer than every time-out: of a command, a silent store, a dead connection, a lease, a confirm. */
    private static final Duration FROZEN = Duration.ofSeconds(8);

    private static final int COMMITS = 100;
    private static final int REDIS_KILLS = 5;
    private static final int CUTS = 12;
    private static final int REFUSED_MIN = 20;

    @TempDir
    static Path processes;

    private static TestServices services;

    @TempDir
    Path folder;

    private final long seed = Long.getLong("tavern.test.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final TickWatch ticks = new TickWatch();
    private String name = "";

    /** What happens in the middle of a storm. */
    private interface Fault {
        void strike(TradeStorm storm) throws Exception;
    }

    @BeforeAll
    static void startServices() throws Exception {
        services = TestServices.start(processes);
    }

    @AfterAll
    static void stopServices() throws Exception {
        services.close();
    }

    @BeforeEach
    void fresh(TestInfo test) throws Exception {
        services.clear();
        name = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void redisIsKilledAgainAndAgain() throws Exception {
        Toll toll = storm(storm -> {
            for (int i = 0; i < REDIS_KILLS; i++) {
                storm.holdAccepts();
                services.redis().kill();
                storm.acceptUnheard();
                services.redis().restart();
                storm.market().awaitCommits(COMMITS);
            }
        });
        assertThat(toll.refused()).isPositive();
        assertThat(toll.unheard()).isPositive();
    }

    @Test
    void rabbitIsKilledAndTradesGoOnMeanwhile() throws Exception {
        Toll toll = storm(storm -> {
            services.rabbit().kill();
            storm.market().awaitCommits(5 * COMMITS);
            assertThat(services.outboxRows()).isGreaterThanOrEqualTo(5 * COMMITS);
            services.rabbit().restart();
        });
        assertThat(toll.refused())
                .as("at most what was asked while a busy machine kept Redis silent for a moment")
                .isLessThan(COMMITS);
    }

    @Test
    void bothAreFrozenForLongerThanAnythingWaits() throws Exception {
        Toll toll = storm(storm -> {
            storm.holdAccepts();
            services.redis().freeze();
            services.rabbit().freeze();
            long until = System.nanoTime() + FROZEN.toNanos();
            storm.acceptUnheard();
            awaitRefusals(storm, REFUSED_MIN);
            await("time to pass").atMost(FROZEN.multipliedBy(2)).until(() -> System.nanoTime() > until);
            services.redis().thaw();
            services.rabbit().thaw();
        });
        assertThat(toll.refused()).isPositive();
        assertThat(toll.unheard()).isPositive();
    }

    @Test
    void bothAreKilledAtOnce() throws Exception {
        Toll toll = storm(storm -> {
            services.rabbit().kill();
            services.redis().kill();
            awaitRefusals(storm, REFUSED_MIN);
            services.redis().restart();
            services.rabbit().restart();
        });
        assertThat(toll.refused()).isPositive();
    }

    @Test
    void connectionsAreCutInTheMiddleOfRepliesAndConfirms() throws Exception {
        Toll toll = storm(storm -> {
            for (int i = 0; i < CUTS; i++) {
                services.toRedis().cutAfter(random.nextInt(4_000));
                services.toRabbit().cutAfter(random.nextInt(4_000));
                storm.market().awaitCommits(COMMITS);
            }
        });
        assertThat(toll.duplicates()).as("published, and the confirm was lost").isPositive();
    }

    private static void awaitRefusals(TradeStorm storm, int count) {
        long before = storm.market().unavailable();
        await("players are told to try again later").until(() -> storm.market().unavailable() >= before + count);
    }

    /** The result of a storm; unheard are accepts with an unknown outcome, doubts are trades that its end has cut off. */
    private record Toll(long committed, long refused, long unheard, int doubts, int duplicates) {}

    /** Runs a storm with a fault in its middle, and checks everything that must hold afterwards. */
    private Toll storm(Fault fault) throws Exception {
        String when = name + " of seed " + seed;
        TavernConfig config = TestServer.config(folder, services.settings(TradeStorm.NO_LIMITS));
        var rules = ticks.over(TavernRules.factory(config.game(), WordFilter.of(java.util.List.of())));
        try (TestServer server = TestServer.start(config, rules);
                TradeStorm storm = TradeStorm.patient("trader", random)) {
            storm.enter(server.address());
            storm.begin();
            storm.market().awaitCommits(COMMITS);
            ticks.longestPause();
            fault.strike(storm);
            storm.market().awaitCommits(COMMITS);
            Duration pause = ticks.longestPause();
            storm.cut();
            storm.awaitEnd();
            Toll toll = settle(storm, server, when);
            log.info("{}: {}, longest pause of a tick {} ms in {} rooms", when, toll, pause.toMillis(), ticks.rooms());
            assertThat(pause).as("pause of a tick, %s", when).isLessThan(TICK_PAUSE_MAX);
            return toll;
        } catch (Exception | AssertionError e) {
            throw new AssertionError(when + ": " + e, e);
        }
    }

    private Toll settle(TradeStorm storm, TestServer server, String when) throws Exception {
        storm.enter(server.address());
        long heard = storm.market().committed();
        int doubts = storm.askAgain();
        storm.enter(server.address());
        storm.checkAccounts();
        PublishedTrades publications = services.published();
        assertThat(services.audit(storm.market().deals())).as(when).isEmpty();
        assertThat(publications.audit(storm.market().deals())).as(when).isEmpty();
        long committed = storm.market().committed();
        log.info("{}: {} of {} in doubt were committed unheard", when, committed - heard, doubts);
        TraderDeals market = storm.market();
        return new Toll(committed, market.unavailable(), market.unheard(), doubts, publications.duplicates());
    }
}
