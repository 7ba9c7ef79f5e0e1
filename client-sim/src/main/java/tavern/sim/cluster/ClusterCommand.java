package tavern.sim.cluster;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tavern.sim.BotsMain;

@Command(
        name = "cluster",
        description = {
            "Builds, starts a private Redis and RabbitMQ and several servers of one realm, lets bots play on all of them, "
                    + "and prints what they saw. Exits with 0 only if nothing was lost, duplicated, reordered or forged, and "
                    + "players, store and queue agree.",
            "All other flags go to bin/bots and override --bots 200 --rooms 20 --duration 20s. See bin/bots --help."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true)
final class ClusterCommand implements Callable<Integer> {
    private static final int STOP_SECONDS_MAX = 200;

    @Option(names = "--nodes", paramLabel = "N", defaultValue = "3", description = "Number of servers, 1 to 9.")
    private int nodes;

    @Option(
            names = "--rolling-restart",
            description = {
                "Restarts the servers one after another while the bots play, as a deployment does. Exits with 0 only if no bot "
                        + "saw an error or two seconds of silence, and every session went on.",
                "--duration is then how long it may take at most, 10m by default."
            })
    private boolean rolling;

    @Option(
            names = "--pause",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Time before, between and after the restarts of --rolling-restart.")
    private int pauseSeconds;

    @Option(names = "--keep", description = "Leaves servers, Redis and RabbitMQ running at the end.")
    private boolean keep;

    @Option(names = "--root", hidden = true, required = true)
    private Path root = Path.of("");

    @Parameters(hidden = true)
    private List<String> forBots = new ArrayList<>();

    /** Set by picocli before {@link #call}. */
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final CountDownLatch cleaned = new CountDownLatch(1);

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (nodes < 1 || nodes > 9) {
            throw new ParameterException(spec.commandLine(), "--nodes must be 1 to 9");
        }
        if (pauseSeconds < 0 || pauseSeconds > 600) {
            throw new ParameterException(spec.commandLine(), "--pause must be 0 to 600");
        }
        if (rolling && nodes < 2) {
            throw new ParameterException(spec.commandLine(), "--rolling-restart needs two servers or more");
        }
        Path data = Files.createTempDirectory("tavern-cluster.");
        boolean good = false;
        List<ServerNode> servers = new ArrayList<>();
        List<RollingRestart.Node> nodesToRestart = new ArrayList<>();
        // Ctrl-C ends the load; the bots then report as usual, for which the servers are still needed.
        Runtime.getRuntime().addShutdownHook(new Thread(this::awaitCleaned, "await the end"));
        say("starting Redis and RabbitMQ…");
        OwnServices services = OwnServices.start(root, data.resolve("services"));
        try {
            say("starting " + nodes + " servers…");
            for (int i = 1; i <= nodes; i++) {
                int opsPort = FreePorts.next();
                ServerNode server = node("node-" + i, opsPort, data, services);
                servers.add(server);
                nodesToRestart.add(new RollingRestart.Node(
                        server, new NodeOps(opsPort, data.resolve("node-" + i).resolve("ops-tokens"))));
            }
            for (ServerNode server : servers) {
                server.start();
            }
            for (ServerNode server : servers) {
                server.awaitReady();
            }
            int exit = play(servers, nodesToRestart, services);
            good = exit == CommandLine.ExitCode.OK;
            return exit;
        } finally {
            if (keep && good) {
                tell(servers, services, data);
            } else {
                clean(servers, services);
            }
            if (good && !keep) {
                ScratchFolder.remove(data);
            } else if (!good) {
                say("the servers' logs are kept: " + data);
            }
            cleaned.countDown();
        }
    }

    private ServerNode node(String id, int opsPort, Path data, OwnServices services) throws IOException {
        return new ServerNode(
                id,
                data.resolve(id),
                // A session of its own: Ctrl-C is for this command, which stops the servers when the bots are done.
                List.of("setsid", root.resolve("bin/server").toString()),
                Map.of(
                        // Where the bots find it again after a restart.
                        "net.port", Integer.toString(FreePorts.next()),
                        "ops.port", Integer.toString(opsPort),
                        "store.kind", "redis",
                        "store.redis.uri", services.redisUri(),
                        "feed.kind", "rabbitmq",
                        "feed.rabbitmq.uri", OwnServices.amqpUri(services.amqpPort()),
                        "feed.rabbitmq.ledger-queue", "true"),
                Map.of("TAVERN_BUILD", "never"));
    }

    private int play(List<ServerNode> servers, List<RollingRestart.Node> nodesToRestart, OwnServices services)
            throws IOException {
        List<String> flags = new ArrayList<>(forBots);
        add(flags, "--bots", "200");
        add(flags, "--rooms", "20");
        add(flags, "--duration", rolling ? "10m" : "20s");
        flags.add("--server=" + addresses(servers));
        flags.add("--store=" + services.redisUri());
        flags.add("--verify-feed=" + OwnServices.amqpUri(services.amqpPort()));
        if (!rolling) {
            return BotsMain.commandLine().execute(flags.toArray(String[]::new));
        }
        try (RollingRestart restart = new RollingRestart(
                nodesToRestart, pauseSeconds, spec.commandLine().getOut())) {
            return BotsMain.commandLine(restart).execute(flags.toArray(String[]::new));
        }
    }

    /** Adds a flag unless the user gave it. */
    private static void add(List<String> flags, String name, String value) {
        if (flags.stream().noneMatch(flag -> flag.equals(name) || flag.startsWith(name + "="))) {
            flags.add(name + "=" + value);
        }
    }

    private static String addresses(List<ServerNode> servers) throws IOException {
        List<String> all = new ArrayList<>();
        for (ServerNode server : servers) {
            all.add("127.0.0.1:" + server.address().getPort());
        }
        return all.stream().collect(Collectors.joining(","));
    }

    private void tell(List<ServerNode> servers, OwnServices services, Path data) throws IOException {
        say("The servers keep running with their data in " + data);
        say("  play:  bin/bots --server " + addresses(servers) + " --store " + services.redisUri());
        say("  stop:  kill "
                + servers.stream().map(server -> Long.toString(server.pid())).collect(Collectors.joining(" "))
                + "; bin/services stop --purge --dir " + data.resolve("services"));
    }

    private static void clean(List<ServerNode> servers, OwnServices services) throws IOException, InterruptedException {
        try {
            for (ServerNode server : servers) {
                if (server.isAlive()) {
                    server.stop();
                }
            }
        } finally {
            services.close();
        }
    }

    private void awaitCleaned() {
        try {
            cleaned.await(STOP_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
    }
}
