package tavern.server.services;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A Redis Cluster of three masters. */
public final class RedisCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;

    private final List<RedisProcess> nodes = new ArrayList<>();

    private RedisCluster() {}

    /** Returns when each node knows all others and all slots have an owner. */
    public static RedisCluster start(Path folder) throws IOException, InterruptedException {
        RedisCluster cluster = new RedisCluster();
        try {
            cluster.join(folder);
        } catch (Throwable e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    private void join(Path folder) throws IOException {
        for (int i = 0; i < MASTERS; i++) {
            String bus = Integer.toString(FreePort.find());
            RedisProcess node =
                    RedisProcess.start(folder.resolve("node" + i), "--cluster-enabled", "yes", "--cluster-port", bus);
            nodes.add(node);
            int from = i * SLOTS / MASTERS;
            int to = (i + 1) * SLOTS / MASTERS - 1;
            node.ask("CLUSTER", "ADDSLOTSRANGE", Integer.toString(from), Integer.toString(to));
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
            nodes.get(0).ask("CLUSTER", "MEET", "127.0.0.1", Integer.toString(node.port()), bus);
        }
        await().atMost(Duration.ofSeconds(30)).until(this::isWhole);
    }

    private boolean isWhole() throws IOException {
        for (RedisProcess node : nodes) {
            String info = node.ask("CLUSTER", "INFO");
            if (!info.contains("cluster_state:ok") || !info.contains("cluster_size:" + MASTERS)) {
                return false;
            }
        }
        return true;
    }

    public List<RedisProcess> nodes() {
        return nodes;
    }

    @Override
    public void close() throws InterruptedException {
        for (RedisProcess node : nodes) {
            node.close();
        }
    }
}
