package tavern.server.store.redis;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.services.RedisCluster;
import tavern.server.store.DirectoryContract;
import tavern.server.store.Store;

/** The directory in a Redis Cluster; realm by realm on another of its masters. */
final class RedisClusterDirectoryIT extends DirectoryContract {
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
    protected Store open(String name) {
        return RedisStore.open(RedisStoreIT.settings(cluster.nodes().get(0).uri()), name, true);
    }
}
