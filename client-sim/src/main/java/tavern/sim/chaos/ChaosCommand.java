package tavern.sim.chaos;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tavern.sim.bots.BotSettings;
import tavern.sim.bots.LoadRun;
import tavern.sim.bots.RunResult;
import tavern.sim.check.Findings;
import tavern.sim.check.RunCheck;
import tavern.sim.cluster.OwnServices;
import tavern.sim.cluster.ScratchFolder;
import tavern.sim.report.Report;
import tavern.sim.report.Table;

@Command(
        name = "chaos",
        description = {
            "Builds, starts a private Redis and RabbitMQ and several servers of one realm, lets bots play on all of them, and "
                    + "meanwhile kills, stops, cuts off and slows down what there is, by a schedule that follows from --seed. "
                    + "Afterwards a checker that reads only the bots' logs, the store, the archive and the ledger queue decides.",
            "Exits with 0 only if nothing is lost, told twice or forged, no room had two owners, and the bots found no fault."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true)
final class ChaosCommand implements Callable<Integer> {
    private static final int STOP_SECONDS_MAX = 300;
    private static final String REALM = "main";
    private static final String JAVA = "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1";

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "2", description = "How long; 0.5 at least.")
    private double minutes;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the schedule and of the bots.")
    private long seed;

    @Option(names = "--nodes", paramLabel = "N", defaultValue = "3", description = "Number of servers, 2 to 9.")
    private int nodes;

    @Option(names = "--bots", paramLabel = "N", defaultValue = "60")
    private int bots;

    @Option(
            names = "--rooms",
            paramLabel = "N",
            defaultValue = "20",
            description = "More of them: more of what a dead server had comes to others.")
    private int rooms;

    @Option(
            names = "--lease-millis",
            paramLabel = "N",
            defaultValue = "3000",
            description = "cluster.lease-millis of the servers.")
    private int leaseMillis;

    @Option(
            names = "--replica",
            paramLabel = "sync|async",
            description = {
                "Redis has a replica, which takes the place of a master that is killed. Servers wait for it with each write"
                        + " (store.redis.wait-replicas = 1), or do not: then the checker says what a fail-over has lost."
            })
    private @Nullable Replication replica;

    @Option(
            names = "--sabotage",
            paramLabel = "fence|dedupe|ack",
            description = {
                "Takes a safety out of the servers' store, to see that the checker finds what follows: the fence (who has lost a"
                        + " room may still write), the dedupe (a trade is carried out as often as it is asked for), or the commit"
                        + " before the answer (one in twenty is missing). Exits with 0 only if the checker does find it."
            })
    private @Nullable Sabotage sabotage;

    @Option(names = "--dry-run", description = "Prints the schedule and does nothing else.")
    private boolean dryRun;

    @Option(names = "--keep-data", description = "Keeps logs, archive and the servers' data when all is well, too.")
    private boolean keepData;

    @Option(names = "--root", hidden = true)
    private Path root = Path.of("").toAbsolutePath();

    /** Set by picocli before {@link #call}. */
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final CountDownLatch cleaned = new CountDownLatch(1);
    private final CountDownLatch playing = new CountDownLatch(1);

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        Duration time = Duration.ofMillis((long) (minutes * 60_000));
        List<Fault> faults = FaultSchedule.of(seed, time, nodes, leaseMillis);
        if (dryRun) {
            faults.forEach(fault -> say(fault.toString()));
            return 0;
        }
        Path data = Files.createTempDirectory("tavern-chaos.");
        Files.createDirectory(data.resolve("logs"));
        Files.createDirectory(data.resolve("archive"));
        say("starting Redis and RabbitMQ…");
        OwnServices services = OwnServices.start(root, data.resolve("services"));
        List<ChaosNode> all = new ArrayList<>();
        boolean good = false;
        RedisPair redis = null;
        try {
            if (replica != null) {
                redis = RedisPair.start(services, root, data.resolve("redis"));
            }
            say("starting " + nodes + " servers…" + (sabotage == null ? "" : " WITHOUT A SAFETY: " + sabotage.words()));
            for (int i = 1; i <= nodes; i++) {
                ChaosNode node = node("node-" + i, data, services);
                all.add(node);
                node.server.start();
            }
            for (ChaosNode node : all) {
                node.start();
            }
            good = run(time, faults, all, services, redis, data);
            return good ? 0 : 1;
        } finally {
            for (ChaosNode node : all) {
                node.close();
            }
            if (redis != null) {
                redis.close();
            }
            services.close();
            if (good && !keepData) {
                ScratchFolder.remove(data);
            } else {
                say("logs, archive and the servers' data are kept: " + data);
            }
            cleaned.countDown();
        }
    }

    private boolean run(
            Duration time,
            List<Fault> faults,
            List<ChaosNode> all,
            OwnServices services,
            @Nullable RedisPair redis,
            Path data)
            throws IOException, InterruptedException {
        ChaosRun chaos = new ChaosRun(all, services, redis, this::say);
        LoadRun load = new LoadRun(settings(time, all, data), (phase, share) -> {
            if ("load".equals(phase)) {
                playing.countDown();
            }
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(chaos, load), "stop"));
        CompletableFuture<RunResult> played = new CompletableFuture<>();
        Thread player = new Thread(() -> play(load, played), "bots");
        player.start();
        playing.await();
        if (!played.isDone()) {
            say("seed " + seed + ", " + faults.size() + " faults in " + time.toSeconds() + " s");
            chaos.run(faults);
        }
        Report report = Report.of(result(played));
        Table.print(report, spec.commandLine().getOut());
        say("");
        Findings findings = new RunCheck(
                        data.resolve("logs"),
                        redis == null ? services.redisUri() : "redis://127.0.0.1:" + redis.masterPort(),
                        REALM,
                        data.resolve("archive"),
                        OwnServices.amqpUri(services.amqpPort()))
                .run();
        tell(findings);
        say(String.format(
                "  %,12d writes of owners that were replaced, which the store refused",
                all.stream().mapToLong(node -> node.store.found()).sum()));
        return verdict(report.ok(), findings.holds());
    }

    private boolean verdict(boolean botsAreContent, boolean findsNothing) {
        if (sabotage != null) {
            say((findsNothing ? "NOT FOUND: " : "FOUND: ") + sabotage.words());
            return !findsNothing;
        }
        boolean good = botsAreContent && findsNothing;
        say(
                good
                        ? "PASSED: seed " + seed
                        : "FAILED: seed " + seed + "; the schedule again: bin/chaos --dry-run --seed " + seed);
        return good;
    }

    private void play(LoadRun load, CompletableFuture<RunResult> played) {
        try {
            played.complete(load.run());
        } catch (IOException | RuntimeException | Error e) {
            played.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            played.completeExceptionally(e);
        } finally {
            playing.countDown();
        }
    }

    private static RunResult result(CompletableFuture<RunResult> played) throws IOException, InterruptedException {
        try {
            return played.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("the bots could not play: " + cause.getMessage(), cause);
        }
    }

    private void tell(Findings findings) {
        say("the checker looked at:");
        findings.counts().forEach((what, n) -> say(String.format("  %,12d %s", n, what)));
        findings.faults().forEach((what, n) -> say(String.format("FAULT %,6d × %s", n, what)));
        findings.examples().forEach(example -> say("      " + example));
    }

    private ChaosNode node(String id, Path data, OwnServices services) throws IOException {
        Map<String, String> settings = new HashMap<>();
        settings.put("realm", REALM);
        settings.put("cluster.lease-millis", String.valueOf(leaseMillis));
        // A frozen server is given up by its players after this, instead of after fifteen seconds.
        settings.put("limits.idle-seconds", "6");
        settings.put("store.archive.path", data.resolve("archive").toString());
        settings.put("store.archive.segment-entries", "100");
        settings.put("limits.rates.joins", "20");
        if (replica == Replication.SYNC) {
            settings.put("store.redis.wait-replicas", "1");
        }
        return new ChaosNode(
                id,
                data.resolve(id),
                // A session of its own: Ctrl-C is for this command, which stops the servers when the bots are done.
                List.of("setsid", root.resolve("bin/server").toString()),
                settings,
                javaOptions(data),
                services);
    }

    private String javaOptions(Path data) throws IOException {
        if (sabotage == null) {
            return JAVA;
        }
        Path release = root.resolve("lib/server/tavern-server.jar");
        Path jar = Files.exists(release) ? release : root.resolve("server/target/tavern-server.jar");
        return JAVA + " " + sabotage.prepare(jar, data.resolve("sabotage"));
    }

    private BotSettings settings(Duration time, List<ChaosNode> all, Path data) {
        List<InetSocketAddress> servers =
                all.stream().map(node -> node.players.address()).toList();
        String run = "c%d.%06x"
                .formatted(
                        Math.floorMod(seed, 1_000_000L),
                        ThreadLocalRandom.current().nextInt(1 << 24));
        return new BotSettings(
                servers,
                bots,
                rooms,
                time,
                5,
                0.5,
                0.5,
                0.2,
                seed,
                1,
                "room-",
                run,
                UnaryOperator.identity(),
                null,
                null,
                data.resolve("logs"));
    }

    private void stop(ChaosRun chaos, LoadRun load) {
        chaos.stop();
        load.stop();
        try {
            cleaned.await(STOP_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void check() {
        require(minutes >= 0.5 && minutes <= 24 * 60, "--minutes must be 0.5 to 1440");
        require(nodes >= 2 && nodes <= 9, "--nodes must be 2 to 9");
        require(rooms >= 1 && rooms <= bots, "--rooms must be 1 to the number of bots");
        require(bots >= 2 && bots <= 10_000, "--bots must be 2 to 10000");
        require(leaseMillis >= 2_000 && leaseMillis <= 60_000, "--lease-millis must be 2000 to 60000");
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    private synchronized void say(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
    }
}
