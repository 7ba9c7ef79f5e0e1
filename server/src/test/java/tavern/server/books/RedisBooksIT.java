package tavern.server.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.server.services.RedisProcess;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.redis.RedisStore;

/** The books of a store in Redis. */
final class RedisBooksIT extends BooksContract {
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
        return RedisStore.open(settings, "books" + realms.incrementAndGet(), false);
    }

    @Test
    void theBooksGoOnWhenRedisWasAwayForAWhile() throws Exception {
        awaitEntries(2);
        redis.kill();
        await().atMost(PATIENCE).until(() -> books.behindMillis() > 2_000);
        assertThat(books.trouble()).as("what the store itself says").isNull();
        redis.restart();
        await().atMost(PATIENCE).until(() -> store.stats().available());
        realm.settle(Realm.wish(ann, bob, Goods.of("gold", 1), Goods.NONE));
        awaitEntries(3);
        await().atMost(PATIENCE).until(() -> books.behindMillis() < 2_000);
        assertThat(awaitCheck().problems()).isEmpty();
    }

    private static String key(Player player) {
        return "{books" + realms.get() + "}:player:" + player.id();
    }

    @Override
    void addGold(Player player, long more) throws IOException {
        redis.ask("HINCRBY", key(player), "s:gold", Long.toString(more));
    }

    @Override
    void loseItem(Player player, long item) throws IOException {
        redis.ask("HDEL", key(player), "i:" + item);
    }
}
