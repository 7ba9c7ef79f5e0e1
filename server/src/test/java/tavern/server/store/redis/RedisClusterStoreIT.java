package tavern.server.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.services.RedisCluster;
import tavern.server.services.RedisProcess;
import tavern.server.store.Store;
import tavern.server.store.StoreContract;

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
