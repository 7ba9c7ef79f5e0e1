package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tavern.game.Goods;
import tavern.server.services.FreePort;
import tavern.server.services.RedisProcess;
import tavern.server.store.Realm;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;

/** A Redis that cannot be used, or would lose trades, is refused in one line that says what to do. */
final class RefusalIT {
    @TempDir
    private static Path folder;

    private static RedisProcess redis;

    @BeforeAll
    static void startRedis() throws Exception {
        redis = RedisProcess.start(folder.resolve("main"), "--requirepass", "right");
    }

    @AfterAll
    static void stopRedis() throws Exception {
        redis.close();
    }

    @Test
    void nobodyThere() {
        assertRefused("redis://127.0.0.1:" + FreePort.find(), "cannot be connected to", "is it running");
    }

    @Test
    void noAddress() {
        assertRefused("reddit://127.0.0.1:6379", "store.redis.uri", "redis://");
    }

    @Test
    void aWrongPasswordWhichIsNotShown() {
        assertRefused(uri("wrong"), "does not know this user and password");
        assertRefused(uri("nobody:wrong"), "does not know this user and password");
    }

    @Test
    void aMissingPassword() {
        assertRefused(redis.uri(), "wants a password");
    }

    @Test
    void aServerThatDoesNotSpeakTls() {
        assertRefused("rediss://:right@127.0.0.1:" + redis.port(), "TLS");
    }

    @Test
    void aReadOnlyReplica() throws Exception {
        try (RedisProcess replica = RedisProcess.start(
                folder.resolve("replica"), "--replicaof", "127.0.0.1 " + redis.port(), "--masterauth", "right")) {
            assertRefused(replica.uri(), "read-only replica of 127.0.0.1", "name the master");
        }
    }

    @Test
    void noAppendOnlyFileUnlessThatMayBe() throws Exception {
        try (RedisProcess forgetful = RedisProcess.start(folder.resolve("forgetful"), "--appendonly", "no")) {
            assertRefused(forgetful.uri(), "appendonly yes", "store.redis.allow-volatile");
            RedisStore.open(settings(forgetful.uri(), true), "realm", false).close();
        }
    }

    @Test
    void aMemoryThatEvicts() throws Exception {
        try (RedisProcess full = RedisProcess.start(folder.resolve("evicting"), "--maxmemory-policy", "allkeys-lru")) {
            assertRefused(full.uri(), "maxmemory-policy allkeys-lru", "noeviction");
        }
    }

    @Test
    void aUserThatMayNotAskForSettingsIsTakenAndMustBelieveInTheAppendOnlyFile() throws Exception {
        ask("ACL", "SETUSER", "tavern", "on", ">pass", "~*", "&*", "+@all", "-config");
        RedisStore.open(settings(uri("tavern:pass"), false), "acl", false).close();
    }

    @Test
    void aUserThatMayNotHaveTheFileRewrittenIsTakenAndTheLogSaysWhatToDo() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(AofRewrite.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try (RedisProcess fresh = RedisProcess.start(folder.resolve("unwritten"))) {
            fresh.ask("ACL", "SETUSER", "frugal", "on", ">pass", "~*", "&*", "+@all", "-bgrewriteaof");
            String uri = "redis://frugal:pass@127.0.0.1:" + fresh.port();
            RedisStore.open(settings(uri, false), "acl", false).close();
            assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .singleElement(STRING)
                    .contains("NOPERM", "redis-check-aof --fix");
            assertThat(fresh.ask("INFO", "persistence")).contains("aof_rewrites:0");
            RedisStore.open(settings(fresh.uri(), false), "acl", false).close();
            assertThat(fresh.ask("INFO", "persistence")).contains("aof_rewrites:1");
            RedisStore.open(settings(fresh.uri(), false), "acl", false).close();
            assertThat(fresh.ask("INFO", "persistence")).contains("aof_rewrites:1");
        } finally {
            logger.detachAppender(lines);
        }
    }

    @Test
    void aUserWithoutARightThatScriptsNeedInTheirMiddle() throws Exception {
        ask("ACL", "SETUSER", "half", "on", ">pass", "~*", "&*", "+@all", "-hdel", "-hincrby", "-hsetnx");
        assertRefused(uri("half:pass"), "store.redis.uri", "HSETNX, HDEL, HINCRBY", "ACL SETUSER");
        ask("ACL", "SETUSER", "mute", "on", ">pass", "~*", "resetchannels", "+@all");
        assertRefused(uri("mute:pass"), "PUBLISH");
        ask("ACL", "SETUSER", "hasty", "on", ">pass", "~*", "&*", "+@all", "-wait");
        RedisStore.open(settings(uri("hasty:pass"), false), "acl", false).close();
        assertThatThrownBy(() -> RedisStore.open(FailOverIT.settings(uri("hasty:pass"), 1_000, 1), "acl", false))
                .isInstanceOf(StoreOpenException.class)
                .hasMessageContainingAll("WAIT", "ACL SETUSER");
    }

    /** It does not get the rights while a start tries again. */
    @Test
    void aUserWithoutRightsIsRefusedAtOnce() throws Exception {
        ask("ACL", "SETUSER", "bare", "on", ">pass", "~*", "&*", "-@all");
        assertRefusedAtOnce(uri("bare:pass"), "does not let this user", "'info'", "ACL SETUSER");
        ask("ACL", "SETUSER", "plain", "on", ">pass", "~*", "&*", "+@all", "-eval", "-evalsha");
        assertRefusedAtOnce(uri("plain:pass"), "does not let this user", "'eval'", "ACL SETUSER");
        ask("ACL", "SETUSER", "stranger", "on", ">pass", "~elsewhere:*", "&*", "+@all");
        assertRefusedAtOnce(uri("stranger:pass"), "does not let this user", "key", "ACL SETUSER");
    }

    @Test
    void aFullMemoryIsRefusedAtOnce() throws Exception {
        try (RedisProcess full = RedisProcess.start(folder.resolve("full"), "--maxmemory", "1")) {
            assertRefusedAtOnce(full.uri(), "OOM");
        }
    }

    @Test
    void aRealmOfANewerServerOrOfSomethingElse() throws Exception {
        ask("HSET", "{newer}:meta", "schema", "99");
        ask("SET", "{other}:meta", "Dear diary");
        assertThatThrownBy(() -> RedisStore.open(settings(uri("right"), false), "newer", false))
                .isInstanceOf(StoreOpenException.class)
                .hasMessageContainingAll("schema 99", "newer server");
        assertThatThrownBy(() -> RedisStore.open(settings(uri("right"), false), "other", false))
                .isInstanceOf(StoreOpenException.class)
                .hasMessageContaining("{other}:meta")
                .hasMessageContaining("store.redis.uri");
        assertThat(ask("GET", "{other}:meta")).isEqualTo("Dear diary");
        assertThat(ask("HGETALL", "{newer}:meta")).isEqualTo("schema\n99");
    }

    @Test
    void aRefusedOpeningLeavesNoThreadBehind() {
        assertRefused(redis.uri(), "wants a password");
        RedisStore store = RedisStore.open(settings(uri("right"), false), "threads", false);
        assertThat(Realm.await(store.openPlayer("ann", Goods.NONE, List.of(), null, Realm.NOW))
                        .player()
                        .name())
                .isEqualTo("ann");
        store.close();
        await("threads that are ending end")
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("lettuce")));
    }

    /** With the password. @return the output of {@code redis-cli} */
    private static String ask(String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of("redis-cli", "--no-auth-warning", "-a", "right"));
        line.addAll(List.of("-p", Integer.toString(redis.port())));
        line.addAll(List.of(words));
        Process cli = new ProcessBuilder(line).redirectErrorStream(true).start();
        cli.getOutputStream().close();
        return new String(cli.getInputStream().readAllBytes(), UTF_8).trim();
    }

    private static String uri(String userInfo) {
        String user = userInfo.contains(":") ? userInfo : ":" + userInfo;
        return "redis://" + user + "@127.0.0.1:" + redis.port();
    }

    private static void assertRefused(String uri, String... parts) {
        assertThatThrownBy(() ->
                        RedisStore.open(settings(uri, false), "realm", false).close())
                .isInstanceOf(StoreOpenException.class)
                .hasMessageContainingAll(parts)
                .hasMessageContaining("store.redis.")
                .hasMessageNotContainingAny("\n", "wrong", "right@", ":right");
    }

    private static void assertRefusedAtOnce(String uri, String... parts) {
        Logger logger = (Logger) LoggerFactory.getLogger(RedisStore.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            assertRefused(uri, parts);
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list).as("attempts to open it again").isEmpty();
    }

    private static StoreSettings settings(String uri, boolean allowVolatile) {
        return new StoreSettings(
                StoreSettings.Kind.REDIS,
                Path.of("unused"),
                100,
                100,
                0,
                StoreSettings.OUTCOMES_KEPT_DAYS,
                new StoreSettings.Redis(uri, allowVolatile, 30_000, 0));
    }
}
