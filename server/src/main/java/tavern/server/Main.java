package tavern.server;

import ch.qos.logback.classic.LoggerContext;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tavern.server.config.ConfigException;
import tavern.server.config.ConfigLoader;
import tavern.server.config.ConfigProblem;
import tavern.server.config.LoadedConfig;
import tavern.server.config.TavernConfig;
import tavern.server.ops.cli.Audit;
import tavern.server.ops.cli.BookLook;
import tavern.server.ops.cli.Look;
import tavern.server.ops.cli.Order;

/** The command line: reads the configuration, starts the server, and stops it at SIGTERM or SIGINT. */
@Command(
        name = "bin/server",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Starts a Tavern server, looks after its store, or steers one that runs.",
        customSynopsis = {
            "bin/server [-hV] [--config F] [--ready-file F] [-Dkey=value ...]",
            "bin/server [--config F] check [-Dkey=value ...]",
            "bin/server COMMAND [--ops URL] [--token-file F] [--json] ..."
        },
        footerHeading = "%n",
        footer = {
            "Every setting of config/tavern.conf can be given as -Dkey=value (-Dnet.port=7000)",
            "or as an environment variable (TAVERN_NET_PORT=7000).",
            "TAVERN_LOG_LEVEL sets how much is logged: error, warn, info or debug.",
            "Exits with 0 after SIGTERM, 1 when it cannot start, 2 when the configuration is wrong."
        })
public final class Main implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(Main.class);
    static final int FAILED = 1;
    static final int MISCONFIGURED = 2;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--config", paramLabel = "F", description = "HOCON file with the settings that differ.")
    private @Nullable Path file;

    @Option(
            names = "--ready-file",
            paramLabel = "F",
            description = "Once players can connect, write the address (host:port) to this file.")
    private @Nullable Path readyFile;

    /** What the shutdown hook ends the process with. */
    private volatile int exitCode;

    public static void main(String[] arguments) {
        // By default Netty takes a stack trace of each 128th buffer; the tests watch them all.
        if (System.getProperty("io.netty.leakDetection.level") == null) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
        System.exit(commandLine().execute(arguments));
    }

    /** With all its commands. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main()).addSubcommand(new Check());
        Look.COMMANDS.forEach(line::addSubcommand);
        BookLook.COMMANDS.forEach(line::addSubcommand);
        Order.COMMANDS.forEach(line::addSubcommand);
        return line.addSubcommand(Audit.class);
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

    /** The configuration; null when it is wrong, which has been said by then. */
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

    // Whatever keeps the server from starting is one line for its operator.
    @SuppressWarnings("IllegalCatch")
    private int run(TavernConfig config) throws InterruptedException {
        try {
            if (readyFile != null) {
                // One that an earlier run left would tell a script too early.
                Files.deleteIfExists(readyFile);
            }
            TavernServer server = TavernServer.start(config);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "shutdown"));
            announce(server.address());
        } catch (Exception e) {
            exitCode = FAILED;
            complain(StartFailure.explain(e, config));
            log.debug("start failed", e);
            return FAILED;
        }
        // For ever: the shutdown hook ends the process.
        new CountDownLatch(1).await();
        return FAILED;
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
        // The JVM would exit with 143 after SIGTERM, but a server that was told to stop and did has not failed.
        Runtime.getRuntime().halt(code);
    }

    private void complain(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }
}
