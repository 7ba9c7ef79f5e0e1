package tavern.sim;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tavern.sim.audit.EmbeddedAudit;
import tavern.sim.audit.RedisAudit;
import tavern.sim.audit.StoreAudit;
import tavern.sim.bots.BotSettings;
import tavern.sim.bots.LoadRun;
import tavern.sim.bots.RunResult;
import tavern.sim.games.BotJar;
import tavern.sim.games.GameBotReport;
import tavern.sim.games.GameBotRun;
import tavern.sim.ledger.LedgerConsumer;
import tavern.sim.report.HtmlReport;
import tavern.sim.report.Report;
import tavern.sim.report.Table;

@Command(
        name = "bots",
        description = "Simulated players: they load a server and prove that nothing was lost.",
        mixinStandardHelpOptions = true,
        version = "Tavern bots 0.1.0",
        sortOptions = false,
        showDefaultValues = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:nothing was lost, duplicated, reordered or forged, and the audit holds; with --game, no bot found a fault",
            "1:something was, or the audit failed",
            "2:wrong usage",
            "3:the server cannot be reached, or a file, store or queue cannot be read or written"
        })
final class BotsCommand implements Callable<Integer> {
    static final int EXIT_UNREACHABLE = 3;

    /** How long a stopped run may take to settle, audit and report before the process ends anyway. */
    private static final int STOP_SECONDS_MAX = 180;

    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:7777",
            split = ",",
            converter = Address.Converter.class,
            description =
                    "A server; several (--server a:1,b:2, or the flag more than once) are of one realm: the bots are "
                            + "spread over them, follow redirects, and go to another one when theirs is gone.")
    private List<Address> servers = List.of();

    @Option(names = "--bots", paramLabel = "N", defaultValue = "200")
    private int bots;

    @Option(names = "--rooms", paramLabel = "N", defaultValue = "10")
    private int rooms;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "20s",
            converter = Durations.class,
            description = "How long the load runs: 500ms, 20s, 2m, 1h.")
    private Duration duration = Duration.ofSeconds(20);

    @Option(names = "--move-rate", paramLabel = "R", defaultValue = "10", description = "Moves of each bot per second.")
    private double moveRate;

    @Option(
            names = "--chat-rate",
            paramLabel = "R",
            defaultValue = "0.2",
            description = "Chat lines of each bot per second, on average.")
    private double chatRate;

    @Option(
            names = "--trade-rate",
            paramLabel = "R",
            defaultValue = "0.5",
            description = "Trade offers of each bot per second, on average.")
    private double tradeRate;

    @Option(
            names = "--churn",
            paramLabel = "SHARE",
            defaultValue = "0.05",
            description = "Share of the bots that drop their connection and resume.")
    private double churn;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Seed of everything random except the bots' names.")
    private long seed;

    @Option(names = "--report", paramLabel = "FILE", description = "Writes the report as JSON.")
    private @Nullable Path report;

    @Option(names = "--html", paramLabel = "FILE", description = "Writes the report with charts, as one HTML file.")
    private @Nullable Path html;

    @Option(
            names = "--store",
            paramLabel = "STORE",
            description = "Also audits the server's store, read-only: the file tavern.db, or a URI "
                    + "redis://host:port or rediss://host:port.")
    private @Nullable String store;

    @Option(
            names = "--realm",
            paramLabel = "NAME",
            defaultValue = "main",
            description = "The server's realm, which names its keys in Redis.")
    private String realm = "main";

    @Option(
            names = "--verify-feed",
            paramLabel = "URI",
            description = "amqp://user:password@host:port/vhost or amqps://…: also audits the feed. The queue "
                    + "tavern.trades.ledger is consumed: its messages are gone afterwards. Trades of other players are "
                    + "only counted, unless --store is given: then each must be committed there.")
    private @Nullable String feedUri;

    @Option(
            names = "--log",
            paramLabel = "DIR",
            description = "Writes what each bot did and was told into files in this folder, for bin/chaos' checker.")
    private @Nullable Path log;

    @Option(names = "--room-prefix", paramLabel = "NAME", defaultValue = "room-")
    private String roomPrefix = "room-";

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Number of event loops; 0: one for each core.")
    private int threads;

    @ArgGroup(exclusive = false, heading = "%nA game's own bots, instead of those that move, chat and trade:%n")
    private @Nullable GameFlags game;

    @Option(names = "--jwt-secret-file", paramLabel = "FILE", description = "The HS256 secret, for auth.mode = jwt.")
    private @Nullable Path jwtSecretFile;

    @Spec
    private @Nullable CommandSpec spec;

    private final Meanwhile meanwhile;
    private final AtomicBoolean begun = new AtomicBoolean();

    BotsCommand(Meanwhile meanwhile) {
        this.meanwhile = meanwhile;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        return game == null ? load() : play(game);
    }

    private int load() throws IOException, InterruptedException {
        CountDownLatch reported = new CountDownLatch(1);
        try (TerminalProgress progress = new TerminalProgress()) {
            CompletableFuture<LoadRun> playing = new CompletableFuture<>();
            LoadRun run = new LoadRun(settings(), (phase, share) -> {
                progress.at(phase, share);
                if (phase.equals("load") && begun.compareAndSet(false, true)) {
                    playing.thenAccept(load -> meanwhile.loadBegins(load::stop));
                }
            });
            playing.complete(run);
            stopWithTheProcess(run::stop, reported);
            RunResult result = run.run();
            progress.close();
            return write(Report.of(result));
        } finally {
            reported.countDown();
        }
    }

    private int play(GameFlags flags) throws IOException, InterruptedException {
        CountDownLatch reported = new CountDownLatch(1);
        try (BotJar jar = BotJar.open(flags.jar, flags.game());
                TerminalProgress progress = new TerminalProgress()) {
            GameBotRun run = new GameBotRun(settings(), flags.type, jar.players(), progress);
            stopWithTheProcess(run::stop, reported);
            GameBotReport result = run.run();
            progress.close();
            result.print(spec().commandLine().getOut());
            if (report != null) {
                Files.writeString(report, result.toJson());
            }
            return result.ok() ? 0 : 1;
        } finally {
            reported.countDown();
        }
    }

    private static void stopWithTheProcess(Runnable stop, CountDownLatch reported) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stop, reported), "stop"));
    }

    private static void stop(Runnable run, CountDownLatch reported) {
        run.run();
        try {
            reported.await(STOP_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int write(Report of) throws IOException {
        Table.print(of, spec().commandLine().getOut());
        if (report != null) {
            Files.writeString(report, of.toJson());
        }
        if (html != null) {
            Files.writeString(html, HtmlReport.of(of));
        }
        return meanwhile.holds(of, spec().commandLine().getOut()) ? 0 : 1;
    }

    private BotSettings settings() throws IOException {
        // Names that no earlier run has used: the players start with only the starter kit.
        String run = "b%d.%06x"
                .formatted(
                        Math.floorMod(seed, 1_000_000L),
                        ThreadLocalRandom.current().nextInt(1 << 24));
        int cores = Runtime.getRuntime().availableProcessors();
        return new BotSettings(
                servers.stream()
                        .map(server -> InetSocketAddress.createUnresolved(server.host(), server.port()))
                        .toList(),
                bots,
                rooms,
                duration,
                moveRate,
                chatRate,
                tradeRate,
                churn,
                seed,
                threads == 0 ? cores : threads,
                roomPrefix,
                run,
                jwtSecretFile == null
                        ? UnaryOperator.identity()
                        : new BotTokens(Files.readString(jwtSecretFile).strip().getBytes(StandardCharsets.UTF_8)),
                storeAudit(),
                feedUri,
                log);
    }

    private @Nullable StoreAudit storeAudit() {
        if (store == null) {
            return null;
        }
        return isRedis(store) ? new RedisAudit(store, realm) : new EmbeddedAudit(Path.of(store));
    }

    private static boolean isRedis(String store) {
        return store.startsWith("redis://") || store.startsWith("rediss://");
    }

    private void check() {
        require(bots >= 1 && bots <= 100_000, "--bots must be 1 to 100000");
        require(rooms >= 1 && rooms <= bots, "--rooms must be 1 to the number of bots");
        require(moveRate >= 0 && moveRate <= 1_000, "--move-rate must be 0 to 1000");
        require(chatRate >= 0 && chatRate <= 1_000, "--chat-rate must be 0 to 1000");
        require(tradeRate >= 0 && tradeRate <= 1_000, "--trade-rate must be 0 to 1000");
        require(churn >= 0 && churn <= 1, "--churn must be 0 to 1");
        require(threads >= 0 && threads <= 256, "--threads must be 0 to 256");
        require(roomPrefix.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,23}"), "--room-prefix must be letters, digits, _ - .");
        require(store == null || isRedis(store) || Files.isReadable(Path.of(store)), "--store: cannot read " + store);
        require(realm.matches("[A-Za-z0-9_-]{1,32}"), "--realm must be 1 to 32 letters, digits, _ or -");
        require(log == null || Files.isDirectory(log), "--log: no folder " + log);
        if (game != null) {
            require(servers.size() == 1, "--game: its bots play on one --server");
            require(Files.isReadable(game.jar), "--game: cannot read " + game.jar);
            require(game.type.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,31}"), "--type must be letters, digits, _ - .");
            require(
                    store == null && feedUri == null && html == null && log == null,
                    "--game: its bots check the game; --store, --verify-feed, --html and --log belong to bots that trade");
        }
        requireUris();
        require(report == null || isWritable(report), "--report: no folder for " + report);
        require(html == null || isWritable(html), "--html: no folder for " + html);
    }

    private void requireUris() {
        try {
            storeAudit();
        } catch (IllegalArgumentException e) {
            // The library's message is left out: it may quote the password.
            require(false, "--store: not a URI like redis://user:password@host:port");
        }
        if (feedUri != null) {
            try {
                LedgerConsumer.check(feedUri);
            } catch (IOException e) {
                require(false, "--verify-feed: " + e.getMessage());
            }
        }
    }

    private static boolean isWritable(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder != null && Files.isDirectory(folder) && !Files.isDirectory(file);
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new ParameterException(spec().commandLine(), otherwise);
        }
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("picocli sets it before the call");
        }
        return spec;
    }
}
