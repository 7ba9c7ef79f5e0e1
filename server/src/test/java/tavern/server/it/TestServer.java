package tavern.server.it;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import tavern.server.SteadyClock;
import tavern.server.TavernServer;
import tavern.server.cluster.ClusterSettings;
import tavern.server.config.ConfigException;
import tavern.server.config.ConfigLoader;
import tavern.server.config.TavernConfig;
import tavern.server.game.RoomRules;
import tavern.server.game.WordFilter;

/** A server of a test's own: a free port, a folder of its own, and what the test wants otherwise. */
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

    /** With rules of the test's own. */
    public static TestServer start(TavernConfig config, RoomRules.Factory rules) throws IOException {
        try {
            WordFilter filter = WordFilter.of(config.game().filteredWords());
            return new TestServer(TavernServer.start(config, rules, filter, new SteadyClock()));
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

    /** As one of several, or not, whatever the store: what a test wants of leases it does itself. */
    static TavernConfig clustered(TavernConfig config, boolean enabled, int leaseMillis) {
        return new TavernConfig(
                config.realm(),
                config.nodeId(),
                config.net(),
                config.auth(),
                config.sessions(),
                config.rooms(),
                config.game(),
                config.store(),
                config.feed(),
                new ClusterSettings(enabled, leaseMillis, "", 0),
                config.ops(),
                config.inForce());
    }

    public InetSocketAddress address() {
        return server.address();
    }

    /** Of a server that was started with {@code ops.enabled=true}. */
    public InetSocketAddress opsAddress() {
        return Objects.requireNonNull(server.opsAddress());
    }

    /** Sessions there are, lost ones that can be resumed included. */
    public int sessions() {
        return server.sessions();
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
