package tavern.server.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Player;
import tavern.server.services.RedisCluster;
import tavern.server.services.RedisProcess;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.StoreContract;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;

/** What every store must do, on a Redis Cluster; realm by realm on another of its masters. */
final class RedisClusterStoreIT extends StoreContract {
    private static final AtomicInteger realms = new AtomicInteger();

    @TempDir
    private static Path folder;

    private static RedisCluster cluster;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = RedisCluster.start(folder);
    }

    @AfterAll
    static void stopCluster() throws Exception {
        cluster.close();
    }

    @Override
    protected Store open() {
        return RedisStore.open(
                RedisStoreIT.settings(cluster.nodes().get(0).uri()), "realm" + realms.incrementAndGet(), true);
    }

    @Override
    protected int madeUpRooms() {
        return 2_000;
    }

    @Override
    protected void dateOutcomes(Map<String, Long> millisOfIds) throws Exception {
        String tag = "{realm" + realms.get() + "}:";
        RedisStoreIT.dateOutcomes(master(tag), tag, millisOfIds);
    }

    @Override
    protected long roomTraces() throws Exception {
        String tag = "{realm" + realms.get() + "}:";
        return RedisStoreIT.roomTraces(master(tag), tag);
    }

    private static RedisProcess master(String tag) throws Exception {
        for (RedisProcess node : cluster.nodes()) {
            if (!node.ask("KEYS", tag + "meta").isBlank()) {
                return node;
            }
        }
        throw new AssertionError("no master has " + tag);
    }

    /** Commands without a key go to any master. */
    @Test
    void roomsOfAnEarlierServerAreFoundOnTheirMaster() throws Exception {
        String tag = "{realm" + realms.get() + "}:";
        RedisStoreIT.indexesRoomsOfAnEarlierServer(store, master(tag), tag);
    }

    /** Connections to masters are opened and lost apart from the one with which the client looks at the cluster. */
    @Test
    void aRealmBegunAnewByAnotherServerIsNotAcceptedByARunningOne() throws Exception {
        String name = "realm" + realms.incrementAndGet();
        StoreSettings settings = FailOverIT.settings(cluster.nodes().get(0).uri(), 30_000, 0);
        try (Store running = RedisStore.open(settings, name, false)) {
            Player ann = new Realm(running).open("ann");
            RedisProcess master = master("{" + name + "}:");
            for (String key : master.ask("KEYS", "{" + name + "}:*").lines().toList()) {
                master.ask("DEL", key);
            }
            RedisStore.open(settings, name, false).close();
            assertThat(Realm.await(running.findPlayer(ann.id())))
                    .as("as long as the connection stays up")
                    .isEmpty();
            master.ask("CLIENT", "KILL", "TYPE", "normal");
            await("the other realm")
                    .until(() -> Realm.await(running.findPlayer(ann.id())
                            .handle((found, failure) -> String.valueOf(failure).contains("another realm"))));
            assertThat(running.stats().available()).isFalse();
        }
        // Its connections were ended too.
        await("this test's own store").until(() -> store.stats().available());
    }

    @Test
    void aServerThatWaitsForAReplicaWhichIsNotThereDoesNotStart() {
        String uri = cluster.nodes().get(0).uri();
        assertThatThrownBy(() ->
                        RedisStore.open(FailOverIT.settings(uri, 2000, 1), "realm" + realms.incrementAndGet(), true))
                .isInstanceOf(StoreOpenException.class)
                .hasMessageContaining("0 of 1 replicas");
    }

    @Test
    void allKeysOfARealmAreOnOneMasterAndRealmsAreSpread() throws Exception {
        for (int i = 0; i < 8; i++) {
            open().close();
        }
        int masters = 0;
        String lastRealm = "{realm" + realms.get() + "}";
        int mastersOfLast = 0;
        for (RedisProcess node : cluster.nodes()) {
            masters += node.ask("KEYS", "*:meta").isEmpty() ? 0 : 1;
            mastersOfLast += node.ask("KEYS", lastRealm + ":*").isEmpty() ? 0 : 1;
        }
        assertThat(masters).isGreaterThan(1);
        assertThat(mastersOfLast).isEqualTo(1);
    }
}
