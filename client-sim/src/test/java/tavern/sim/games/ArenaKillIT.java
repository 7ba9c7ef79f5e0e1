package tavern.sim.games;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.client.ClientTransport;
import tavern.examples.arena.ArenaModule;
import tavern.server.TavernServer;
import tavern.server.game.Inventory;
import tavern.server.it.ServerProcess;
import tavern.server.it.TestServer;
import tavern.server.store.Realm;
import tavern.server.store.Store;

/**
 * Of two who hit a monster at once exactly one has the loot, also when the server dies by SIGKILL, again and again. With {@code
 * -Dtavern.test.loots=10000 -Dtavern.test.kills=50} for so many monsters and kills.
 */
@Timeout(900)
class ArenaKillIT {
    private static final int KILLS = Integer.getInteger("tavern.test.kills", 3);
    private static final int LOOTS = Integer.getInteger("tavern.test.loots", 60);

    /** More pairs for more monsters, since those of a room come back after ten seconds only. */
    private static final int PAIRS = Math.min(40, Math.max(4, LOOTS / 50));

    private static final int MONSTERS = 32;
    private static final int RATS_GOLD = 5;
    private static final int TICK_MILLIS = 20;
    private static final long STARTING_GOLD = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    Path folder;

    private final EventLoopGroup loops = ClientTransport.loops(1);
    private final EventLoop loop = loops.next();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final List<ArenaPair> pairs = new ArrayList<>();

    @BeforeEach
    void packTheGame() throws Exception {
        Path jar = Path.of(ArenaModule.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        assertThat(jar).as("the jar of the game, which mvn verify packs").isRegularFile();
        Files.createDirectories(folder.resolve("games"));
        Files.copy(jar, folder.resolve("games/arena.jar"));
        for (int pair = 0; pair < PAIRS; pair++) {
            pairs.add(new ArenaPair("arena-" + pair, loop, faults::add));
        }
        loop.scheduleWithFixedDelay(
                () -> pairs.forEach(ArenaPair::tick), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @AfterEach
    void stopLoops() throws InterruptedException {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private String[] settings() {
        return new String[] {
            "games.path=" + folder.resolve("games"),
            "games.types.fights.game=arena",
            "games.types.fights.capacity=2",
            "games.types.fights.settings.monsters=" + MONSTERS,
            "game.starter-kit.stacks.gold=" + STARTING_GOLD,
            // Who goes to a monster is there at once.
            "game.max-speed=1000",
            "limits.rates.customs=10000",
            "limits.frames-per-second=100000"
        };
    }

    @Test
    void ofTwoWhoHitAtOnceExactlyOneHasTheLoot(TestReporter reporter) throws Exception {
        Path data = folder.resolve("data");
        for (int life = 0; life <= KILLS; life++) {
            try (ServerProcess server = ServerProcess.start(data, settings())) {
                enter(server.address());
                awaitContested((long) LOOTS * (life + 1) / (KILLS + 1));
                if (life == KILLS) {
                    settle();
                }
                server.kill();
                each(ArenaPair::lose);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("life " + (life + 1) + ": " + e, e);
            }
        }
        Map<String, Long> slain = new HashMap<>();
        try (ServerProcess server = ServerProcess.start(data, settings())) {
            enter(server.address());
            each(pair -> {
                slain.merge("rats", pair.rats(), Long::sum);
                slain.merge("ogres", pair.ogres(), Long::sum);
                pair.lose();
            });
            server.kill();
        }
        checkTheLoot(data, slain.getOrDefault("rats", 0L), slain.getOrDefault("ogres", 0L));
        reporter.publishEntry(
                "loot",
                PAIRS + " pairs, " + KILLS + " kills of the server: " + contested()
                        + " monsters were struck by both at once, and slain by one, of " + slain);
    }

    /** As many goods as monsters: none twice, none missing. */
    private void checkTheLoot(Path data, long rats, long ogres) throws Exception {
        assertThat(rats + ogres).isGreaterThanOrEqualTo(LOOTS);
        try (Store store = TavernServer.openExistingStore(TestServer.config(data, settings()))) {
            assertThat(Realm.check(store).differences()).isEmpty();
            long gold = 0;
            long trophies = 0;
            for (ArenaPair pair : pairs) {
                for (String player : pair.players()) {
                    Inventory has =
                            Realm.await(store.findPlayer(player)).orElseThrow().inventory();
                    gold += has.stacks().getOrDefault("gold", 0L) - STARTING_GOLD;
                    trophies += has.items().values().stream()
                            .filter("trophy"::equals)
                            .count();
                }
            }
            assertThat(gold).as("gold of %s rats", rats).isEqualTo(rats * RATS_GOLD);
            assertThat(trophies).as("trophies of ogres").isEqualTo(ogres);
        }
    }

    private void enter(InetSocketAddress server) {
        each(pair -> pair.enter(server.getHostString(), server.getPort()));
        awaitAll("everybody is in", ArenaPair::isIn);
        each(pair -> pair.fight(true));
    }

    private void awaitContested(long wanted) {
        await(wanted + " monsters struck by both")
                .atMost(Duration.ofMinutes(8))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !faults.isEmpty() || contested() >= wanted);
        assertThat(faults).isEmpty();
    }

    private long contested() {
        long[] sum = new long[1];
        each(pair -> sum[0] += pair.contested());
        return sum[0];
    }

    private void settle() {
        each(pair -> pair.fight(false));
        awaitAll("all blows have landed", ArenaPair::isQuiet);
    }

    private void awaitAll(String what, Predicate<ArenaPair> condition) {
        await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            boolean[] all = {true};
            each(pair -> all[0] &= condition.test(pair));
            return !faults.isEmpty() || all[0];
        });
        assertThat(faults).isEmpty();
    }

    private void each(Consumer<ArenaPair> task) {
        loop.submit(() -> pairs.forEach(task)).syncUninterruptibly();
    }
}
