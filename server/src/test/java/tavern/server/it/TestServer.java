package tavern.server.it;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import tavern.game.RoomId;
import tavern.server.TavernServer;
import tavern.server.cluster.ClusterSettings;
import tavern.server.cluster.Node;
import tavern.server.config.ConfigException;
import tavern.server.config.ConfigLoader;
import tavern.server.config.TavernConfig;
import tavern.server.game.RoomRules;
import tavern.server.game.TavernRules;
import tavern.server.game.WordFilter;
import tavern.server.time.Clocks;

/** A test's own server: with a free port, a folder of its own, and the settings that the test wants. */
public final class TestServer implements AutoCloseable {
    private final TavernServer server;

    private TestServer(TavernServer server) {
        this.server = server;
    }

    public static TestServer start(Path folder, String... overrides) throws IOException {
        try {
            return new TestServer(TavernServer.start(config(folder, overrides)));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** With clocks of the test's own. */
    public static TestServer start(TavernConfig config, Clocks clocks) throws IOException {
        WordFilter filter = WordFilter.of(config.game().filteredWords());
        return start(config, TavernRules.factory(config.game(), filter), clocks);
    }

    /** With rules of the test's own. */
    public static TestServer start(TavernConfig config, RoomRules.Factory rules) throws IOException {
        return start(config, rules, Clocks.system());
    }

    private static TestServer start(TavernConfig config, RoomRules.Factory rules, Clocks clocks) throws IOException {
        try {
            WordFilter filter = WordFilter.of(config.game().filteredWords());
            return new TestServer(TavernServer.start(config, rules, filter, clocks));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** @param overrides {@code key=value} */
    public static TavernConfig config(Path folder, String... overrides) {
        Map<String, String> properties = new HashMap<>();
        properties.put("net.port", "0");
        properties.put("ops.port", "0");
        properties.put("ops.enabled", "false");
        properties.put("store.path", folder.toString());
        for (String override : overrides) {
            int equals = override.indexOf('=');
            properties.put(override.substring(0, equals), override.substring(equals + 1));
        }
        try {
            return ConfigLoader.load(null, Map.of(), properties).config();
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Returns the configuration with or without a cluster, whatever the store: the test itself answers for the leases. */
    static TavernConfig clustered(TavernConfig config, boolean enabled, int leaseMillis) {
        return new TavernConfig(
                config.realm(),
                config.nodeId(),
                config.net(),
                config.auth(),
                config.sessions(),
                config.rooms(),
                config.game(),
                config.games(),
                config.services(),
                config.store(),
                config.upkeep(),
                config.feed(),
                new ClusterSettings(enabled, leaseMillis, "", 0),
                config.ops(),
                config.agones(),
                config.tracing(),
                config.inForce());
    }

    public InetSocketAddress address() {
        return server.address();
    }

    /** The operators' address; only if the server was started with {@code ops.enabled=true}. */
    public InetSocketAddress opsAddress() {
        return Objects.requireNonNull(server.opsAddress());
    }

    /** The number of sessions, including lost ones that can be resumed. */
    public int sessions() {
        return server.sessions();
    }

    /** Moves a room to another server. @return whether it is there */
    boolean moveRoom(String room, Node to) throws InterruptedException, ExecutionException {
        return server.moveRoom(new RoomId(room), to).toCompletableFuture().get();
    }

    /** A client that is logged in. */
    public RawClient client(String player) throws IOException {
        RawClient client = new RawClient(address());
        client.login(player);
        return client;
    }

    /** A client that is in a room. */
    public RawClient client(String player, String room) throws IOException {
        RawClient client = client(player);
        client.join(room);
        return client;
    }

    @Override
    public void close() {
        server.close();
    }
}
