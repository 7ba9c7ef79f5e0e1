package tavern.server.archive;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.services.RedisProcess;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.redis.RedisStore;

/** The archive of a store in Redis. */
final class RedisArchiveIT extends ArchiveContract {
    private static final AtomicInteger realms = new AtomicInteger();

    @TempDir
    private static Path redisFolder;

    private static RedisProcess redis;

    @BeforeAll
    static void startRedis() throws Exception {
        redis = RedisProcess.start(redisFolder);
    }

    @AfterAll
    static void stopRedis() throws Exception {
        redis.close();
    }

    @Override
    Store open() {
        StoreSettings settings = new StoreSettings(
                StoreSettings.Kind.REDIS,
                Path.of("unused"),
                1_000,
                1_000,
                0,
                StoreSettings.OUTCOMES_KEPT_DAYS,
                new StoreSettings.Redis(redis.uri(), false, 2_000, 0));
        return RedisStore.open(settings, "archive" + realms.incrementAndGet(), false);
    }
}
