package tavern.server.services;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A Redis Cluster of three masters, each with as many replicas. */
public final class RedisCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;
    private static final Duration WHOLE_WITHIN = Duration.ofSeconds(60);

    /** With replicas, a dead master is to be replaced soon; without them, a slow one is not to be taken for dead. */
    private static final int TIMEOUT_MILLIS = 15_000;

    private static final int TIMEOUT_WITH_REPLICAS_MILLIS = 1_500;

    private final List<RedisProcess> nodes = new ArrayList<>();
    private final int timeoutMillis;

    private RedisCluster(int timeoutMillis) {
        this.timeoutMillis = timeoutMillis;
    }

    /** Starts one without replicas. */
    public static RedisCluster start(Path folder) throws IOException, InterruptedException {
        return start(folder, 0);
    }

    /** Returns when each node knows all others, all slots have an owner, and each replica follows its master. */
    public static RedisCluster start(Path folder, int replicasOfEach) throws IOException, InterruptedException {
        RedisCluster cluster = new RedisCluster(replicasOfEach > 0 ? TIMEOUT_WITH_REPLICAS_MILLIS : TIMEOUT_MILLIS);
        try {
            for (int i = 0; i < MASTERS; i++) {
                cluster.addMaster(folder, i);
            }
            await().atMost(WHOLE_WITHIN).until(cluster::isWhole);
            for (int i = 0; i < MASTERS * replicasOfEach; i++) {
                cluster.addReplica(folder, cluster.nodes.get(i % MASTERS));
            }
            await().atMost(WHOLE_WITHIN).until(cluster::isWhole);
            return cluster;
        } catch (Throwable e) {
            cluster.close();
            throw e;
        }
    }

    private void addMaster(Path folder, int number) throws IOException {
        RedisProcess node = add(folder);
        int from = number * SLOTS / MASTERS;
        int to = (number + 1) * SLOTS / MASTERS - 1;
        node.ask("CLUSTER", "ADDSLOTSRANGE", Integer.toString(from), Integer.toString(to));
        node.ask("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(number + 1));
    }

    private void addReplica(Path folder, RedisProcess master) throws IOException {
        RedisProcess node = add(folder);
        String id = master.ask("CLUSTER", "MYID");
        await("the new node to know its master")
                .atMost(WHOLE_WITHIN)
                .until(() -> node.ask("CLUSTER", "REPLICATE", id).equals("OK"));
        await("the replica to follow")
                .atMost(WHOLE_WITHIN)
                .until(() -> node.ask("INFO", "replication").contains("master_link_status:up"));
    }

    private RedisProcess add(Path folder) throws IOException {
        String bus = Integer.toString(FreePort.find());
        RedisProcess node = RedisProcess.start(
                folder.resolve("node" + nodes.size()),
                "--cluster-enabled",
                "yes",
                "--cluster-port",
                bus,
                "--cluster-node-timeout",
                Integer.toString(timeoutMillis),
                "--repl-diskless-sync-delay",
                "0",
                // A replica whose elections have failed for a while goes on trying.
                "--cluster-replica-validity-factor",
                "0");
        nodes.add(node);
        nodes.get(0).ask("CLUSTER", "MEET", "127.0.0.1", Integer.toString(node.port()), bus);
        return node;
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

    /** All of them, the masters first. */
    public List<RedisProcess> nodes() {
        return nodes;
    }

    /** The node that answers for keys with this tag, once there is one. */
    public RedisProcess masterOf(String tag) {
        return await("a master of " + tag)
                .until(() -> findMasterOf(tag), Optional::isPresent)
                .orElseThrow();
    }

    private Optional<RedisProcess> findMasterOf(String tag) throws IOException {
        for (RedisProcess node : nodes) {
            if (answersFor(tag, node)) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }

    /**
     * Makes its replica the master of this tag's keys; the old master goes on as a replica of the new one. Nobody votes:
     * on a busy machine votes come too late, and the fail-over would be given up.
     *
     * @return the new master
     */
    public RedisProcess failOver(String tag) throws IOException {
        RedisProcess master = masterOf(tag);
        RedisProcess replica = replicaOf(master);
        await("the replica to have everything").until(() -> offset(replica).equals(offset(master)));
        await("the fail-over").until(() -> {
            replica.ask("CLUSTER", "FAILOVER", "TAKEOVER");
            return answersFor(tag, replica);
        });
        return replica;
    }

    private RedisProcess replicaOf(RedisProcess master) throws IOException {
        for (RedisProcess node : nodes) {
            if (node.ask("INFO", "replication").contains("master_port:" + master.port() + "\r")) {
                return node;
            }
        }
        throw new IllegalStateException("nobody follows " + master.port());
    }

    private static String offset(RedisProcess node) throws IOException {
        return node.ask("INFO", "replication")
                .lines()
                .filter(line -> line.startsWith("master_repl_offset:"))
                .findFirst()
                .orElseThrow();
    }

    private static boolean answersFor(String tag, RedisProcess node) throws IOException {
        return node.ask("EXISTS", tag).equals("0");
    }

    @Override
    public void close() throws InterruptedException {
        for (RedisProcess node : nodes) {
            node.close();
        }
    }
}
