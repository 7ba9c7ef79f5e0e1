package tavern.server.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tavern.server.store.Realm.EVENT;
import static tavern.server.store.Realm.wish;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Settlement;
import tavern.server.services.RedisCluster;
import tavern.server.services.RedisProcess;
import tavern.server.store.Realm;

/** The master that holds the realm dies, and its replica takes its place. */
@Timeout(120)
final class ClusterFailOverIT {
    private static final String TAG = "{main}";
    private static final int TIMEOUT_MILLIS = 2_000;

    @TempDir
    private Path folder;

    @Test
    void theReplicaOfADeadMasterIsUsedAndWhatWasAnsweredIsThere() throws Exception {
        try (RedisCluster cluster = RedisCluster.start(folder, 1)) {
            Player ann;
            Player bob;
            Settlement before;
            try (RedisStore careful = open(cluster, 1)) {
                Realm realm = new Realm(careful);
                ann = realm.open("ann", "gold", 1_000);
                bob = realm.open("bob");
                before = wish(ann, bob, Goods.of("gold", 1), Goods.NONE);
                assertThat(Realm.await(realm.ask(before, EVENT)).outcome()).isEqualTo(TradeOutcome.COMMITTED);
            }
            // The new master will have no replica that could be waited for.
            try (RedisStore store = open(cluster, 0)) {
                failOver(cluster, store, ann, bob, before);
            }
        }
    }

    /** The connection to the old master stays, and the new one may have been set back or begun anew. */
    @Test
    void aNewMasterIsLookedAtThoughNoConnectionWasLost() throws Exception {
        try (RedisCluster cluster = RedisCluster.start(folder, 1);
                RedisStore store = open(cluster, 0)) {
            Realm realm = new Realm(store);
            Player ann = realm.open("ann", "gold", 1_000);
            Player bob = realm.open("bob");
            RedisProcess replica = replicaOf(cluster, cluster.masterOf(TAG));
            replica.ask("CLUSTER", "FAILOVER");
            await("the fail-over").until(() -> replica.ask("EXISTS", TAG).equals("0"));
            Settlement wish = wish(ann, bob, Goods.of("gold", 1), Goods.NONE);
            await("a trade on the new master")
                    .until(() -> Realm.await(realm.ask(wish, EVENT).handle((settled, failure) -> failure == null)));
            await("a look at it").until(() -> FailOverIT.probes(replica) > 0);
            await().until(() -> store.stats().available());
        }
    }

    private static RedisProcess replicaOf(RedisCluster cluster, RedisProcess master) throws Exception {
        String port = "master_port:" + master.port() + "\r";
        for (RedisProcess node : cluster.nodes()) {
            if (node.ask("INFO", "replication").contains(port)) {
                return node;
            }
        }
        throw new AssertionError("nobody follows " + master.port());
    }

    private static RedisStore open(RedisCluster cluster, int waitReplicas) {
        return RedisStore.open(
                FailOverIT.settings(cluster.nodes().get(0).uri(), TIMEOUT_MILLIS, waitReplicas), "main", false);
    }

    private static void failOver(RedisCluster cluster, RedisStore store, Player ann, Player bob, Settlement before)
            throws Exception {
        Realm realm = new Realm(store);
        RedisProcess master = cluster.masterOf(TAG);
        master.kill();
        Settlement after = wish(ann, bob, Goods.of("gold", 2), Goods.NONE);
        await("the fail-over")
                .until(() -> Realm.await(realm.ask(after, EVENT).handle((settled, failure) -> failure == null)));
        assertThat(cluster.masterOf(TAG)).isNotSameAs(master);
        assertThat(Realm.await(Realm.findTrade(store, before.id()))).isPresent();
        assertThat(realm.inventory(bob).count("gold")).isEqualTo(3);
        assertThat(Realm.check(store).differences()).isEmpty();
        await().until(() -> store.stats().available());
    }
}
