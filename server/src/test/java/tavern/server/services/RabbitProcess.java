package tavern.server.services;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A test's own RabbitMQ, with {@code config/rabbitmq.conf}; the process is the Erlang VM itself. */
public final class RabbitProcess implements AutoCloseable {
    private static final Path PROGRAMS = Path.of("/usr/lib/rabbitmq/bin");
    private static final int START_SECONDS_MAX = 90;
    private static final int COMMAND_SECONDS_MAX = 60;
    private static final int VHOSTS_AT_ONCE = 8;

    private final Path folder;
    private final int port = FreePort.find();
    private final int distributionPort = FreePort.find();
    private final int epmdPort = FreePort.find();
    private final Process epmd;
    private final Thread atExit = new Thread(this::end, "end of RabbitMQ");
    private final Deque<String> freshVhosts = new ArrayDeque<>();
    private Process broker;
    private int vhosts;
    private boolean takesCommands;

    private RabbitProcess(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("home"));
        Files.createDirectories(folder.resolve("conf.d"));
        // A message that the broker refuses must fit a transaction.
        Files.writeString(
                folder.resolve("conf.d/90-test.conf"),
                "listeners.tcp.default = 127.0.0.1:" + port
                        + "\nhandshake_timeout = 60000\nmax_message_size = 200000\n");
        Files.writeString(folder.resolve("enabled_plugins"), "[].\n");
        // Started here, because the broker would start one that outlives it.
        epmd = launch("epmd.log", "epmd", "-port", String.valueOf(epmdPort));
        broker = launchBroker();
        // A test that is ended from outside leaves nothing behind.
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Starts with all its data in the folder, and waits until it takes connections. About four seconds. */
    public static RabbitProcess start(Path folder) throws IOException {
        RabbitProcess rabbit = new RabbitProcess(folder);
        try {
            rabbit.awaitReady();
        } catch (RuntimeException e) {
            rabbit.close();
            throw new IOException("RabbitMQ did not start: " + Files.readString(folder.resolve("broker.log")), e);
        }
        return rabbit;
    }

    private Process launchBroker() throws IOException {
        return launch("broker.log", PROGRAMS.resolve("rabbitmq-server").toString());
    }

    private Process launch(String log, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve(log).toFile()))
                .redirectInput(new File("/dev/null"));
        builder.environment().putAll(environment());
        return builder.start();
    }

    private Map<String, String> environment() {
        return Map.ofEntries(
                Map.entry("HOME", folder.resolve("home").toString()), // where the cookie lies
                // The script becomes the broker instead of waiting for it.
                Map.entry("RUNNING_UNDER_SYSTEMD", "true"),
                Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
                Map.entry("ERL_EPMD_PORT", String.valueOf(epmdPort)),
                Map.entry("RABBITMQ_NODENAME", "tavern@localhost"),
                Map.entry("RABBITMQ_DIST_PORT", String.valueOf(distributionPort)),
                Map.entry("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2"),
                Map.entry("RABBITMQ_CONF_ENV_FILE", "/dev/null"),
                Map.entry("RABBITMQ_CONFIG_FILE", configuration().toString()),
                Map.entry("RABBITMQ_CONFIG_FILES", folder.resolve("conf.d").toString()),
                Map.entry(
                        "RABBITMQ_ENABLED_PLUGINS_FILE",
                        folder.resolve("enabled_plugins").toString()),
                Map.entry("RABBITMQ_MNESIA_BASE", folder.resolve("data").toString()),
                Map.entry("RABBITMQ_LOG_BASE", folder.resolve("log").toString()));
    }

    /** Finds the configuration that is shipped, from whatever module's folder the test runs in. */
    private static Path configuration() {
        Path here = Path.of("").toAbsolutePath();
        for (Path root = here; root != null; root = root.getParent()) {
            Path file = root.resolve("config/rabbitmq.conf");
            if (Files.exists(file)) {
                return file;
            }
        }
        throw new IllegalStateException("no config/rabbitmq.conf above " + here);
    }

    public int port() {
        return port;
    }

    public long pid() {
        return broker.pid();
    }

    public String uri() {
        return uri("/");
    }

    public String uri(String vhost) {
        return uri(port, vhost);
    }

    /** The address of a proxy that listens on this port. */
    public static String uri(int port, String vhost) {
        return "amqp://guest:guest@127.0.0.1:" + port + "/" + vhost.replace("/", "%2f");
    }

    /** A new vhost, which holds nothing that an earlier test has left. */
    public String newVhost() throws IOException {
        if (freshVhosts.isEmpty()) {
            addVhosts();
        }
        return freshVhosts.remove();
    }

    /** Several at once, because the command takes far longer to start than to do its work. */
    private void addVhosts() throws IOException {
        JsonArray names = new JsonArray();
        JsonArray permissions = new JsonArray();
        for (int i = 0; i < VHOSTS_AT_ONCE; i++) {
            String vhost = "test" + ++vhosts;
            JsonObject name = new JsonObject();
            name.addProperty("name", vhost);
            names.add(name);
            JsonObject all = new JsonObject();
            all.addProperty("user", "guest");
            all.addProperty("vhost", vhost);
            List.of("configure", "write", "read").forEach(right -> all.addProperty(right, ".*"));
            permissions.add(all);
            freshVhosts.add(vhost);
        }
        JsonObject definitions = new JsonObject();
        definitions.add("vhosts", names);
        definitions.add("permissions", permissions);
        Path file = folder.resolve("vhosts.json");
        Files.writeString(file, definitions.toString());
        rabbitmqctl("import_definitions", file.toString());
    }

    /** SIGKILL. */
    public void kill() {
        broker.destroyForcibly();
        exit(broker);
    }

    /** SIGSTOP: connections stay, nothing answers. */
    public void freeze() throws IOException {
        signal("STOP");
    }

    public void thaw() throws IOException {
        signal("CONT");
    }

    private void signal(String signal) throws IOException {
        run("kill", "-" + signal, String.valueOf(broker.pid()));
    }

    /** Starts it again on the same port and data, after a clean stop if it runs. */
    public void restart() throws IOException {
        if (broker.isAlive()) {
            broker.destroy();
            exit(broker);
        }
        launchAgain();
        awaitReady();
    }

    /** Starts it after {@link #kill} and does not wait. */
    public void launchAgain() throws IOException {
        broker = launchBroker();
    }

    /** Waits until it takes connections. */
    public void awaitReady() {
        Awaitility.await("RabbitMQ to be ready")
                .atMost(START_SECONDS_MAX, TimeUnit.SECONDS)
                .pollInterval(100, TimeUnit.MILLISECONDS)
                .until(() -> answers() || !broker.isAlive());
        if (!broker.isAlive()) {
            throw new IllegalStateException("RabbitMQ has ended");
        }
    }

    /** A broker that is up answers the protocol's header with a method frame. */
    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
            return socket.getInputStream().read() == 1;
        } catch (IOException e) {
            return false;
        }
    }

    /** From now on publishers must wait. */
    public void raiseMemoryAlarm() throws IOException {
        rabbitmqctl("set_vm_memory_high_watermark", "0");
    }

    public void clearMemoryAlarm() throws IOException {
        rabbitmqctl("set_vm_memory_high_watermark", "0.4");
    }

    /** Declares a queue as another program might have done. */
    public void declareClassicQueue(String vhost, String name) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(uri(vhost));
        try (Connection connection = factory.newConnection("test")) {
            connection.createChannel().queueDeclare(name, true, false, false, Map.of());
        }
    }

    /** A server declares its queue when it has reached the broker, in its own time. */
    public void awaitLedgerQueue(String vhost) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(uri(vhost));
        try (Connection connection = factory.newConnection("test")) {
            Awaitility.await("the ledger queue").until(() -> {
                try {
                    // The broker closes the channel if there is no such queue.
                    connection.createChannel().queueDeclarePassive("tavern.trades.ledger");
                    return true;
                } catch (IOException e) {
                    return false;
                }
            });
        }
    }

    /** Runs the command. @return its output @throws IOException when it fails */
    public String rabbitmqctl(String... arguments) throws IOException {
        if (!takesCommands) {
            // The broker takes connections a little earlier than commands.
            takesCommands = true;
            rabbitmqctl("await_startup");
        }
        List<String> command = new ArrayList<>(
                List.of(PROGRAMS.resolve("rabbitmqctl").toString(), "--quiet", "--node", "tavern@localhost"));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    private String run(String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment());
        Process process = builder.start();
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readAllBytes(), UTF_8);
            if (exit(process) != 0) {
                throw new IOException(String.join(" ", command) + ": " + text);
            }
            return text;
        }
    }

    private static int exit(Process process) {
        try {
            if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends both processes; the data stays. */
    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        end();
    }

    private void end() {
        // Its helpers (for disk space and name look-ups) end with it.
        broker.destroyForcibly();
        exit(broker);
        epmd.destroyForcibly();
        exit(epmd);
    }
}
