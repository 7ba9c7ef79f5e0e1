package tavern.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.LoggerContext;
import io.netty.util.ResourceLeakDetector;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sun.misc.Signal;
import tavern.cli.AuditCommand;
import tavern.cli.BookQueryCommands;
import tavern.cli.ChangeCommand;
import tavern.cli.GamesCommand;
import tavern.cli.GoodsCommand;
import tavern.cli.QueryCommands;
import tavern.server.config.ConfigException;
import tavern.server.config.ConfigLoader;
import tavern.server.config.ConfigProblem;
import tavern.server.config.LoadedConfig;
import tavern.server.config.TavernConfig;
import tavern.server.games.BrokenGamesException;

/**
 * The command line: reads the configuration, starts the server, stops it on SIGTERM or SIGINT, and makes it reload its
 * certificates on SIGHUP.
 */
@Command(
        name = "bin/server",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Starts a Tavern server, checks its store, or controls a running server.",
        customSynopsis = {
            "bin/server [-hV] [--config F] [--ready-file F] [-Dkey=value ...]",
            "bin/server [--config F] check [-Dkey=value ...]",
            "bin/server [--config F] backup FILE [-Dkey=value ...]",
            "bin/server [--config F] restore FILE [--replace] [-Dkey=value ...]",
            "bin/server [--config F] archive ls|verify|export [-Dkey=value ...]",
            "bin/server [--config F] operator list|add|... [-Dkey=value ...]",
            "bin/server COMMAND [--ops URL] [--token-file F] [--json] ..."
        },
        footerHeading = "%n",
        footer = {
            "Every setting of config/tavern.conf can be given as -Dkey=value (-Dnet.port=7000)",
            "or as an environment variable (TAVERN_NET_PORT=7000).",
            "TAVERN_LOG_LEVEL sets how much is logged: error, warn, info or debug;",
            "with TAVERN_LOG_FORMAT=json each event is a JSON object on a line of its own.",
            "SIGHUP reloads the certificates; a change of their files does so too.",
            "Exits with 0 after SIGTERM, 1 when it cannot start, 2 when the configuration is wrong."
        })
public final class Main implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(Main.class);
    private static final Signal HANGUP = new Signal("HUP");
    static final int FAILED = 1;
    static final int MISCONFIGURED = 2;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--config",
            paramLabel = "F",
            description = "HOCON file with the settings that differ from the defaults.")
    private @Nullable Path file;

    @Option(
            names = "--ready-file",
            paramLabel = "F",
            description = "Once players can connect, write the address (host:port) to this file.")
    private @Nullable Path readyFile;

    /** The exit code that the shutdown hook ends the process with. */
    private volatile int exitCode;

    public static void main(String[] arguments) {
        // By default Netty records a stack trace for one buffer in 128; the tests track every buffer.
        if (System.getProperty("io.netty.leakDetection.level") == null) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
        // Lets Netty create buffers without a cleaner: when direct memory is used up, an allocation then fails at
        // once instead of waiting.
        if (System.getProperty("io.netty.tryReflectionSetAccessible") == null) {
            System.setProperty("io.netty.tryReflectionSetAccessible", "true");
        }
        // Unlike System.out, it tells when it could not be written.
        PrintWriter out = new PrintWriter(new FileOutputStream(FileDescriptor.out), true, UTF_8);
        System.exit(commandLine().setOut(out).execute(arguments));
    }

    /** The command line with all its subcommands. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main())
                .addSubcommand(new Check())
                .addSubcommand(new BackupCommand())
                .addSubcommand(new RestoreCommand())
                .addSubcommand(new ArchiveCommand())
                .addSubcommand(new OperatorCommand());
        QueryCommands.COMMANDS.forEach(line::addSubcommand);
        BookQueryCommands.COMMANDS.forEach(line::addSubcommand);
        ChangeCommand.COMMANDS.forEach(line::addSubcommand);
        GoodsCommand.COMMANDS.forEach(line::addSubcommand);
        return line.addSubcommand(GamesCommand.class).addSubcommand(AuditCommand.class);
    }

    @Override
    public Integer call() throws InterruptedException {
        LoadedConfig loaded = load();
        if (loaded == null) {
            return MISCONFIGURED;
        }
        loaded.overrides().forEach(setting -> log.info("{}", setting));
        return run(loaded.config());
    }

    /** The configuration, or null when it is wrong; the problems have been reported by then. */
    @Nullable
    LoadedConfig load() {
        try {
            LoadedConfig loaded = ConfigLoader.load(file, System.getenv(), properties());
            loaded.warnings().forEach(log::warn);
            return loaded;
        } catch (ConfigException e) {
            e.problems().stream().map(ConfigProblem::toString).forEach(this::complain);
            return null;
        }
    }

    private static Map<String, String> properties() {
        Map<String, String> properties = new TreeMap<>();
        for (String name : System.getProperties().stringPropertyNames()) {
            properties.put(name, System.getProperty(name, ""));
        }
        return properties;
    }

    // Whatever keeps the server from starting is reported to the operator in one line.
    @SuppressWarnings("IllegalCatch")
    private int run(TavernConfig config) throws InterruptedException {
        try {
            if (readyFile != null) {
                // A file left by an earlier run would tell a script too early that players can connect.
                Files.deleteIfExists(readyFile);
            }
            Signal.handle(HANGUP, signal -> reload(null));
            TavernServer server = TavernServer.start(config);
            Signal.handle(HANGUP, signal -> reload(server));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "shutdown"));
            announce(server.address());
        } catch (BrokenGamesException e) {
            exitCode = FAILED;
            e.problems().forEach(problem -> complain("cannot start: " + problem));
            return FAILED;
        } catch (Exception e) {
            exitCode = FAILED;
            complain(StartFailure.explain(e, config));
            log.debug("start failed", e);
            return FAILED;
        }
        // For ever: the shutdown hook ends the process.
        SpareHeap.ofThisProcess().keep();
        return FAILED;
    }

    /** @param server null while it is starting, when it reads all files anyway */
    private static void reload(@Nullable TavernServer server) {
        log.info("SIGHUP: reloading the files that may change");
        if (server != null) {
            server.reload();
        }
    }

    private void announce(InetSocketAddress address) throws IOException {
        log.info("players connect to {}", ReadyFile.text(address));
        if (readyFile != null) {
            ReadyFile.write(readyFile, address);
        }
    }

    private void stop(TavernServer server) {
        int code = exitCode;
        try {
            server.close();
        } catch (RuntimeException e) {
            log.error("did not stop cleanly", e);
            code = FAILED;
        }
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.stop();
        }
        // The JVM would exit with 143 after SIGTERM, but a server that stopped as requested has not failed.
        Runtime.getRuntime().halt(code);
    }

    private void complain(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }
}
