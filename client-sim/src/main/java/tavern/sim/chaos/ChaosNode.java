package tavern.sim.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tavern.sim.cluster.FaultProxy;
import tavern.sim.cluster.OwnServices;
import tavern.sim.cluster.ServerNode;

/** A server behind proxies: between it and its players, Redis, and RabbitMQ. */
final class ChaosNode implements AutoCloseable {
    private static final int STARTS_MAX = 10;

    /**
     * How a script of the store answers a write whose fence is not the newest (docs/STORE.md): -1, and the newest one, of 16
     * digits. A server that has waited too long for the answer does not look at it any more.
     */
    private static final byte[] STALE = "*2\r\n:-1\r\n$16\r\n".getBytes(StandardCharsets.US_ASCII);

    final FaultProxy players = new FaultProxy(0);
    final FaultProxy store;
    final FaultProxy feed;
    final NodeClock clock;
    final ServerNode server;

    ChaosNode(
            String id,
            Path folder,
            List<String> command,
            Map<String, String> settings,
            String javaOptions,
            OwnServices services)
            throws IOException {
        store = new FaultProxy(services.redisPort(), STALE);
        feed = new FaultProxy(services.amqpPort());
        Map<String, String> all = new HashMap<>(settings);
        all.put("store.kind", "redis");
        all.put("store.redis.uri", "redis://127.0.0.1:" + store.port());
        all.put("feed.kind", "rabbitmq");
        all.put("feed.rabbitmq.uri", OwnServices.amqpUri(feed.port()));
        all.put("feed.rabbitmq.ledger-queue", "true");
        all.put("cluster.advertised-host", "127.0.0.1");
        all.put("cluster.advertised-port", String.valueOf(players.port()));
        clock = NodeClock.in(folder.resolve("clock"));
        server = new ServerNode(
                id,
                folder,
                command,
                all,
                Map.of("TAVERN_BUILD", "never", "TAVERN_JAVA_OPTS", javaOptions + " " + clock.javaOptions()));
    }

    /**
     * Starts the server unless it is starting, again if it ends (as it does while it cannot reach Redis), waits until it listens, and leads players
     * there.
     */
    void start() throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            if (!server.isAlive()) {
                server.start();
            }
            try {
                awaitReady();
                return;
            } catch (IOException e) {
                if (server.isAlive() || attempt == STARTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        server.awaitReady();
        players.leadTo(server.address().getPort());
    }

    @Override
    public void close() throws InterruptedException {
        server.close();
        players.close();
        store.close();
        feed.close();
    }
}
