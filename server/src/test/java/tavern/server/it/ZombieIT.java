package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server is stopped (SIGSTOP) with commits on their way, another one takes its rooms over, and the first one goes on: the
 * fence refuses what it still wants to commit.
 */
@Timeout(180)
class ZombieIT {
    private static final Logger log = LoggerFactory.getLogger(ZombieIT.class);
    private static final int LEASE_MILLIS = 2_000;
    private static final int COMMITS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path processes;

    private static TestServices services;

    @TempDir
    Path folder;

    private final long seed = Long.getLong("tavern.test.seed", new Random().nextLong());
    private final Random random = new Random(seed);

    @BeforeAll
    static void startServices() throws Exception {
        services = TestServices.start(processes);
    }

    @AfterAll
    static void stopServices() throws Exception {
        services.close();
    }

    @BeforeEach
    void fresh() throws Exception {
        services.clear();
    }

    @ParameterizedTest(name = "cluster.enabled = {0}")
    @ValueSource(booleans = {true, false})
    void aServerThatSleptPastItsLeaseWritesNothingOverTheNewOwner(boolean cluster) throws Exception {
        try (ServerProcess sleeper = ServerProcess.start(folder.resolve("a"), settings("a", cluster, true));
                ServerProcess heir = ServerProcess.start(folder.resolve("b"), settings("b", cluster, false));
                TradeStorm olds = TradeStorm.patient("old", random);
                TradeStorm news = TradeStorm.patient("new", random)) {
            olds.enter(sleeper.address());
            olds.begin();
            olds.market().awaitCommits(COMMITS);
            fallAsleep(sleeper, olds);
            List<String> fences = services.fences(TradeStorm.rooms());
            takeOver(heir, news);
            try (RedisMonitor asked = new RedisMonitor(services.redis().uri(), fences)) {
                services.toRedis().resume();
                sleeper.thaw();
                await("stale commits reach Redis").atMost(PATIENCE).until(() -> staleCommits(asked) > 0);
                news.market().awaitCommits(COMMITS);
                end(sleeper, heir, olds, news);
                log.info(
                        "cluster {}, seed {}: {} commits by the first owner, {} by the second; {} stale commits, and {}"
                                + " other commands under old fences",
                        cluster,
                        seed,
                        olds.market().committed(),
                        news.market().committed(),
                        staleCommits(asked),
                        asked.commands().size() - staleCommits(asked));
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError("cluster " + cluster + ", seed " + seed + ": " + e, e);
        }
    }

    /** The script that ends trades is the only one to see both outcomes and a room's fence. */
    private static long staleCommits(RedisMonitor asked) {
        return asked.commands().stream()
                .filter(command -> command.contains("}:outcomes") && command.contains("}:fence:room:"))
                .count();
    }

    /** Commits are on their way to Redis, and get no further, when the process is stopped. */
    private static void fallAsleep(ServerProcess sleeper, TradeStorm storm) throws Exception {
        storm.holdAccepts();
        services.toRedis().freeze();
        // All these commits are held by the freeze, as they were sent after it began.
        storm.acceptUnheard();
        sleeper.freeze();
    }

    private static void takeOver(ServerProcess heir, TradeStorm storm) throws Exception {
        await("the lease to run out")
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> joins(heir));
        storm.enter(heir.address());
        storm.begin();
        storm.market().awaitCommits(COMMITS);
    }

    private static boolean joins(ServerProcess server) throws Exception {
        try (RawClient scout = new RawClient(server.address())) {
            scout.login("scout");
            for (String room : TradeStorm.rooms()) {
                int asked = scout.send(Say.join(room));
                if (!scout.expect(message -> message.getReplyTo() == asked || message.hasRedirect())
                        .hasJoined()) {
                    return false;
                }
            }
            return true;
        }
    }

    private void end(ServerProcess sleeper, ServerProcess heir, TradeStorm olds, TradeStorm news) throws Exception {
        news.cut();
        news.awaitEnd();
        olds.cut();
        olds.awaitEnd();
        for (TradeStorm storm : List.of(olds, news)) {
            storm.enter(heir.address());
        }
        int doubts = olds.askAgain();
        news.askAgain();
        for (TradeStorm storm : List.of(olds, news)) {
            storm.enter(heir.address());
            storm.checkAccounts();
        }
        assertThat(doubts).as("trades of the first owner in doubt").isPositive();
        assertThat(sleeper.isAlive()).isTrue();
        List<Deal> deals = new ArrayList<>(olds.market().deals());
        deals.addAll(news.market().deals());
        PublishedTrades published = services.published();
        assertThat(services.audit(deals)).isEmpty();
        assertThat(published.audit(deals)).isEmpty();
        for (String room : TradeStorm.rooms()) {
            assertThat(published.owners(room)).as("owners of %s", room).isEqualTo(2);
        }
    }

    private static String[] settings(String node, boolean cluster, boolean throughProxy) {
        String[] own = {
            "node.id=" + node, "cluster.enabled=" + cluster, "cluster.lease-millis=" + LEASE_MILLIS,
        };
        String[] all =
                Stream.concat(Stream.of(own), Stream.of(TradeStorm.NO_LIMITS)).toArray(String[]::new);
        return throughProxy ? services.settings(all) : services.directSettings(all);
    }
}
