package tavern.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.services.RedisProcess;
import tavern.sim.audit.RedisAudit;
import tavern.sim.bots.BotSettings;
import tavern.sim.bots.LoadRun;
import tavern.sim.bots.RunResult;
import tavern.sim.oracle.Count;
import tavern.sim.report.Report;
import tavern.sim.report.Table;

/** Three servers in processes of their own, restarted one after another while bots play on all of them. */
@Timeout(300)
class RollingRestartIT {
    private static final Logger log = LoggerFactory.getLogger(RollingRestartIT.class);
    private static final int BOTS = Integer.getInteger("tavern.test.bots", 36);
    private static final long SEED = Long.getLong("tavern.test.seed", 42);
    private static final Duration TIME_MAX = Duration.ofSeconds(150);

    @TempDir
    Path folder;

    @Test
    void nothingIsLostWhenServersAreRestartedOneAfterAnother() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        List<ServerNode> servers = new ArrayList<>();
        List<FaultProxy> doors = new ArrayList<>();
        try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"))) {
            for (int i = 1; i <= 3; i++) {
                FaultProxy door = new FaultProxy(0);
                doors.add(door);
                servers.add(node("node-" + i, redis, door));
            }
            for (ServerNode server : servers) {
                server.start();
            }
            for (int i = 0; i < servers.size(); i++) {
                awaitOpen(servers.get(i), doors.get(i));
            }
            CountDownLatch playing = new CountDownLatch(1);
            LoadRun run = new LoadRun(settings(doors, redis), (phase, share) -> {
                if ("load".equals(phase)) {
                    playing.countDown();
                }
            });
            Future<Void> restarts = thread.submit((Callable<Void>) () -> {
                playing.await();
                for (int i = 0; i < servers.size(); i++) {
                    assertThat(servers.get(i).stop()).as(servers.get(i).id()).isTrue();
                    servers.get(i).start();
                    awaitOpen(servers.get(i), doors.get(i));
                }
                // Everything that is to be seen of it has happened, and a moment of quiet follows.
                run.stop();
                return null;
            });
            RunResult result = run.run();
            restarts.get();
            StringWriter table = new StringWriter();
            Table.print(Report.of(result), new PrintWriter(table));
            log.warn("{}", table);
            assertThat(result.holds()).as("%s", table).isTrue();
            long redirects = result.tally().get(Count.REDIRECTS);
            assertThat(redirects).isPositive();
            // None on a quiet machine; on a busy one servers may not answer each other in time.
            assertThat(result.tally().get(Count.SESSIONS_LOST))
                    .as("sessions that did not go on")
                    .isLessThanOrEqualTo(redirects / 10);
        } finally {
            thread.shutdownNow();
            for (ServerNode server : servers) {
                server.close();
            }
            doors.forEach(FaultProxy::close);
        }
    }

    private static BotSettings settings(List<FaultProxy> doors, RedisProcess redis) {
        return new BotSettings(
                doors.stream().map(FaultProxy::address).toList(),
                BOTS,
                9,
                TIME_MAX,
                10,
                1,
                1,
                0.05,
                SEED,
                1,
                "room-",
                "roll",
                UnaryOperator.identity(),
                new RedisAudit(redis.uri(), "main"),
                null,
                null);
    }

    private ServerNode node(String id, RedisProcess redis, FaultProxy door) {
        List<String> java = List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx192m",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "tavern.server.Main");
        return new ServerNode(
                id,
                folder.resolve(id),
                java,
                Map.of(
                        "store.kind", "redis",
                        "store.redis.uri", redis.uri(),
                        "ops.enabled", "false",
                        "limits.connections-max", "2000",
                        "limits.rates.joins", "20",
                        "cluster.lease-millis", "3000",
                        "cluster.advertised-host", "127.0.0.1",
                        "cluster.advertised-port", String.valueOf(door.port())),
                Map.of("TAVERN_LOG_LEVEL", "warn"));
    }

    private static void awaitOpen(ServerNode server, FaultProxy door) throws IOException, InterruptedException {
        server.awaitReady();
        door.leadTo(server.address().getPort());
    }
}
