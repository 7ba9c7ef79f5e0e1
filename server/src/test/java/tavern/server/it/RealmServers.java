package tavern.server.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.services.RedisProcess;

/**
 * Servers of one realm: a Redis for all tests of a class, and for each test a realm that nobody has used, and a folder. To
 * be registered as a static field. The test closes the servers that it starts; when it fails, the log has what processes of
 * servers and Redis have written.
 */
public final class RealmServers implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
    private static final Logger log = LoggerFactory.getLogger(RealmServers.class);
    private static final int START_SECONDS_MAX = 60;
    private static final int LOG_LINES_MAX = 200;

    private final List<String> settings;
    private final boolean hasOperators;
    private final Map<String, ServerProcess> processes = new LinkedHashMap<>();
    private @Nullable Path root;
    private @Nullable RedisProcess redis;
    private @Nullable String realm;
    private @Nullable Path folder;
    private int realms;

    private RealmServers(List<String> settings, boolean hasOperators) {
        this.settings = settings;
        this.hasOperators = hasOperators;
    }

    /** @param settings of all servers, {@code key=value} */
    public static RealmServers with(String... settings) {
        return new RealmServers(List.of(settings), false);
    }

    /** The same, and all servers have the operators' interface, with the tokens in a file in the {@link #folder}. */
    public static RealmServers withOperators(String... settings) {
        return new RealmServers(List.of(settings), true);
    }

    /** Starts a server in this process; if that takes longer than a minute, it fails. @param more settings */
    public TestServer start(String id, String... more) throws IOException {
        FutureTask<TestServer> start = new FutureTask<>(() -> TestServer.start(folderOf(id), settings(id, more)));
        Thread thread = new Thread(start, "start of " + id);
        thread.setDaemon(true);
        thread.start();
        try {
            return start.get(START_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw new IOException(e.getCause());
        } catch (TimeoutException e) {
            e.setStackTrace(thread.getStackTrace());
            start.cancel(true);
            throw new IOException("server " + id + " had not started after " + START_SECONDS_MAX + " s, but was at", e);
        } catch (InterruptedException e) {
            start.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while server " + id + " started", e);
        }
    }

    /** Starts a server in a process of its own, and waits until players can connect, for a minute at most. */
    public ServerProcess process(String id, String... more) throws IOException {
        ServerProcess server = ServerProcess.start(folderOf(id), settings(id, more));
        processes.put(id, server);
        return server;
    }

    /** All settings of a server. @param more which take precedence */
    public String[] settings(String id, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "store.kind=redis",
                "store.redis.uri=" + redis().uri(),
                "realm=" + realm,
                "node.id=" + id,
                "cluster.enabled=true",
                // A busy machine may keep an answer waiting.
                "store.redis.command-timeout-millis=5000"));
        if (hasOperators) {
            all.add("ops.enabled=true");
            all.add("ops.token=" + folder().resolve("ops-tokens"));
        }
        all.addAll(settings);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    public RedisProcess redis() {
        return Objects.requireNonNull(redis);
    }

    /** The name of a key of the realm in Redis. */
    public String key(String name) {
        return "{" + realm + "}:" + name;
    }

    private Path root() {
        return Objects.requireNonNull(root);
    }

    /** The folder of this test. */
    public Path folder() {
        return Objects.requireNonNull(folder);
    }

    /** The folder of one server of this test. */
    public Path folderOf(String id) throws IOException {
        return Files.createDirectories(folder().resolve(id));
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Path own = Files.createTempDirectory("tavern-realm");
        root = own;
        redis = RedisProcess.start(own.resolve("redis"));
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        realm = "realm" + ++realms;
        folder = Files.createDirectory(root().resolve("realm" + realms));
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        if (context.getExecutionException().isPresent()) {
            for (Map.Entry<String, ServerProcess> server : processes.entrySet()) {
                show("server " + server.getKey(), server.getValue().complaints());
            }
            show("Redis", Files.readString(root().resolve("redis/redis.log")));
        }
        processes.clear();
    }

    private static void show(String writer, String text) {
        List<String> lines = text.lines().toList();
        List<String> last = lines.subList(Math.max(0, lines.size() - LOG_LINES_MAX), lines.size());
        log.error("{} wrote, before the test failed:\n{}", writer, String.join("\n", last));
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (redis != null) {
            redis.close();
        }
        try (Stream<Path> all = Files.walk(root())) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
