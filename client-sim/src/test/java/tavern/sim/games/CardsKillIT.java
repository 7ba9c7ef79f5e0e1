package tavern.sim.games;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.examples.cards.CardsModule;
import tavern.examples.cards.v1.CardRecord;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.TavernServer;
import tavern.server.it.ServerProcess;
import tavern.server.it.TestServer;
import tavern.server.services.RedisProcess;
import tavern.server.store.Realm;
import tavern.server.store.Store;

/**
 * The card game while the server, or Redis, or both die by SIGKILL, again and again, on the same data. With {@code
 * -Dtavern.test.kills=50} for as many kills.
 */
@Timeout(900)
class CardsKillIT {
    private static final int KILLS = Integer.getInteger("tavern.test.kills", 5);
    private static final int TABLES = 4;
    private static final int TURNS_MIN = 20;
    private static final int TURNS_MORE = 400;

    @TempDir
    Path folder;

    private final long seed = Long.getLong("tavern.test.seed", new Random().nextLong());
    private final SplittableRandom random = new SplittableRandom(seed);

    @BeforeEach
    void packTheGame() throws Exception {
        Path jar = jarOf(CardsModule.class);
        assertThat(jar).as("the jar of the game, which mvn verify packs").isRegularFile();
        Files.createDirectories(folder.resolve("games"));
        Files.copy(jar, folder.resolve("games/cards.jar"));
    }

    private static Path jarOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private String[] settings(String... more) {
        List<String> all = List.of(
                "games.path=" + folder.resolve("games"),
                "games.types.cards.game=cards",
                "games.types.cards.capacity=" + CardsWatch.SEATS,
                "game.starter-kit.stacks.gold=1000000",
                "limits.rates.customs=10000",
                "limits.frames-per-second=100000");
        return Stream.concat(all.stream(), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void nothingIsTakenBackWhenTheServerIsKilled(TestReporter reporter) throws Exception {
        Path data = folder.resolve("data");
        try (CardsWatch watch = new CardsWatch(TABLES, random.split())) {
            for (int kill = 1; kill <= KILLS; kill++) {
                try (ServerProcess server = ServerProcess.start(data, settings())) {
                    watch.enter(server.address());
                    watch.awaitTurns(TURNS_MIN + random.nextInt(TURNS_MORE));
                    server.kill();
                    watch.lose();
                } catch (Exception | AssertionError e) {
                    throw new AssertionError("kill " + kill + " of seed " + seed + ": " + e, e);
                }
            }
            try (ServerProcess server = ServerProcess.start(data, settings())) {
                playToTheEndIn(server, watch);
            }
            checkTheStore(watch, data, settings());
            report(reporter, "kills of the server", watch);
        }
    }

    /** Every other time the server is killed with it, and must find in Redis what players were told. */
    @Test
    void nothingIsTakenBackWhenRedisIsKilled(TestReporter reporter) throws Exception {
        Path data = folder.resolve("data");
        try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"));
                CardsWatch watch = new CardsWatch(TABLES, random.split())) {
            String[] settings =
                    settings("store.kind=redis", "store.redis.uri=" + redis.uri(), "cluster.lease-millis=5000");
            ServerProcess server = ServerProcess.start(data, settings);
            try {
                watch.enter(server.address());
                for (int kill = 1; kill <= KILLS; kill++) {
                    watch.awaitTurns(TURNS_MIN + random.nextInt(TURNS_MORE));
                    redis.kill();
                    if (kill % 2 == 0) {
                        server.kill();
                        watch.lose();
                    }
                    redis.restart();
                    if (kill % 2 == 0) {
                        server = ServerProcess.start(data, settings);
                        watch.enter(server.address());
                    }
                }
                server.kill();
                watch.lose();
                server = ServerProcess.start(data, settings);
                playToTheEndIn(server, watch);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
            } finally {
                server.close();
            }
            checkTheStore(watch, data, settings);
            report(reporter, "kills of Redis", watch);
        }
    }

    private static void playToTheEndIn(ServerProcess server, CardsWatch watch) throws Exception {
        watch.enter(server.address());
        watch.awaitTurns(TURNS_MIN);
        watch.settle();
        server.kill();
        watch.lose();
    }

    /** All goods are accounted for, each player's record has the matches that were won, and no room has forgotten a turn. */
    private void checkTheStore(CardsWatch watch, Path data, String... settings) throws Exception {
        try (Store store = TavernServer.openExistingStore(TestServer.config(data, settings))) {
            assertThat(Realm.check(store).differences()).isEmpty();
            for (String player : watch.players()) {
                PlayerId id = Realm.await(store.findPlayer(player))
                        .orElseThrow()
                        .player()
                        .id();
                int won = Realm.await(store.kept(id, "cards:record"))
                        .map(kept -> matches(kept.value()))
                        .orElse(0);
                assertThat(won).as("matches won by %s", player).isEqualTo((int) watch.matches(player));
            }
            long revisions = 0;
            for (int table = 0; table < TABLES; table++) {
                revisions += Realm.await(store.game(new RoomId("table-" + table)))
                        .orElseThrow()
                        .revision();
            }
            assertThat(revisions).isGreaterThanOrEqualTo(watch.turns());
        }
    }

    private static int matches(byte[] record) {
        try {
            return CardRecord.parseFrom(record).getMatchesWon();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private void report(TestReporter reporter, String what, CardsWatch watch) {
        long matches = watch.players().stream().mapToLong(watch::matches).sum();
        reporter.publishEntry(
                "seed " + seed,
                KILLS + " " + what + ", " + watch.turns() + " turns answered, " + matches + " matches won and paid");
        assertThat(watch.turns()).isGreaterThan((long) KILLS * TURNS_MIN);
        assertThat(matches).isPositive();
    }
}
