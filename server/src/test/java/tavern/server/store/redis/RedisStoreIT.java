package tavern.server.store.redis;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.services.RedisProcess;
import tavern.server.store.Store;
import tavern.server.store.StoreContract;
import tavern.server.store.StoreSettings;

/** What every store must do, on a Redis server. */
final class RedisStoreIT extends StoreContract {
    private static final AtomicInteger realms = new AtomicInteger();

    @TempDir
    private static Path folder;

    private static RedisProcess redis;

    @BeforeAll
    static void startRedis() throws Exception {
        redis = RedisProcess.start(folder);
    }

    @AfterAll
    static void stopRedis() throws Exception {
        redis.close();
    }

    @Override
    protected Store open() {
        return RedisStore.open(settings(redis.uri()), "realm" + realms.incrementAndGet(), false);
    }

    static StoreSettings settings(String uri) {
        return new StoreSettings(
                StoreSettings.Kind.REDIS,
                Path.of("unused"),
                IN_FLIGHT_MAX,
                OUTBOX_ROWS_MAX,
                new StoreSettings.Redis(uri, false, 2000));
    }
}
