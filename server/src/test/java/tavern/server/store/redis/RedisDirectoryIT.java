package tavern.server.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.RoomId;
import tavern.server.services.RedisProcess;
import tavern.server.store.DirectoryAnswer;
import tavern.server.store.DirectoryContract;
import tavern.server.store.DirectoryReport;
import tavern.server.store.Realm;
import tavern.server.store.RoomNews;
import tavern.server.store.Store;

/** The directory in Redis. */
final class RedisDirectoryIT extends DirectoryContract {
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
    protected Store open(String name) {
        return RedisStore.open(RedisStoreIT.settings(redis.uri()), name, true);
    }

    /** The clock of Redis cannot be turned: what is old is written by hand. */
    @Test
    void whatIsClosedForLongIsForgottenAndWhoMissedItReadsAllAnew() throws Exception {
        String tag = "{" + realm + "}:open:";
        redis.ask("HSET", tag + "rooms", "old", "5 ");
        redis.ask("ZADD", tag + "versions", "100", "old");
        redis.ask("ZADD", tag + "closed", "100", "old");
        redis.ask("HSET", tag + "meta", "last", "200", "floor", "0");
        try (Store store = open(realm)) {
            DirectoryAnswer answer = Realm.await(Objects.requireNonNull(store.directory())
                    .exchange(new DirectoryReport("one", "x", List.of(), 50, false)));
            assertThat(answer.missed()).isTrue();
            assertThat(redis.ask("EXISTS", tag + "rooms", tag + "versions", tag + "closed"))
                    .isEqualTo("0");
        }
    }

    @Test
    void aForeignValueKeepsNobodyFromReadingTheOthers() throws Exception {
        String tag = "{" + realm + "}:";
        redis.ask("HSET", tag + "open:rooms", "foreign", "not ours");
        redis.ask("ZADD", tag + "open:versions", "1", "foreign");
        redis.ask("HSET", tag + "nodes", "foreign", "not ours");
        try (Store store = open(realm)) {
            RoomNews closed = RoomNews.closed(new RoomId("nowhere"), 3);
            DirectoryAnswer answer = Realm.await(Objects.requireNonNull(store.directory())
                    .exchange(new DirectoryReport("one", "x", List.of(closed), 0, true)));
            assertThat(answer.news()).isEmpty();
            assertThat(answer.nodes()).hasSize(1);
        }
    }
}
