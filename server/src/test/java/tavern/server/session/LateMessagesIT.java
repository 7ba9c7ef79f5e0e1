package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.PlayerId;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.WhisperReceived;
import tavern.server.config.ConfigLoader;
import tavern.server.services.RedisProcess;
import tavern.server.services.TcpProxy;
import tavern.server.store.StoreSettings;
import tavern.server.store.redis.RedisStore;
import tavern.server.time.MonotonicClock;

/** P-115: two servers' messages to each other, by way of a real Redis, and a real cut between that and one of them. */
@Timeout(180)
final class LateMessagesIT {
    private static final String HANDOVER = "h1";
    private static final Duration SOON = Duration.ofSeconds(60);
    private static int realms;

    @TempDir
    static Path folder;

    private static RedisProcess redis;

    private final String realm = "late" + realms++;
    private final DefaultEventExecutor lane = new DefaultEventExecutor();
    private final List<String> taken = new CopyOnWriteArrayList<>();
    private final List<String> back = new CopyOnWriteArrayList<>();
    private final List<List<String>> asked = new CopyOnWriteArrayList<>();
    private final LateArrivals arrivals = new LateArrivals(100);
    private final Counter lost = new SimpleMeterRegistry().counter("lost");
    private final LateBudget budget = new LateBudget(lost);
    private TcpProxy torn;
    private RedisStore oldStore;
    private RedisStore newStore;
    private RealmSessions oldServer;
    private LateMessages late;

    private static final class NobodyHere implements RealmSessions.Here {
        @Override
        public Map<PlayerId, Long> logins() {
            return Map.of();
        }

        @Override
        public void endOlderThan(PlayerId player, long login) {}
    }

    @BeforeAll
    static void startRedis() throws Exception {
        redis = RedisProcess.start(folder);
    }

    @AfterAll
    static void stopRedis() throws Exception {
        redis.close();
    }

    @BeforeEach
    void start() throws Exception {
        torn = TcpProxy.to(redis.port());
        oldStore = RedisStore.open(settings(redis.uri()), realm, true);
        newStore = RedisStore.open(settings("redis://127.0.0.1:" + torn.port()), realm, true);
        oldServer = new RealmSessions("old", oldStore.presence(), new NobodyHere(), words -> {
            throw new IllegalStateException("nobody asks the old server");
        });
        new RealmSessions("new", newStore.presence(), new NobodyHere(), words -> {
            asked.add(words);
            return arrivals.brought(words);
        });
        late = new LateMessages(
                new LateMessages.Left(
                        "session",
                        lane,
                        event -> back.add(event.getWhisper().getText()),
                        answer -> back.add(answer.getWhisper().getText())),
                oldServer,
                HANDOVER,
                "new",
                budget,
                MonotonicClock.system());
    }

    private static StoreSettings settings(String uri) throws Exception {
        Map<String, String> settings = Map.of("store.kind", "redis", "store.redis.uri", uri);
        return ConfigLoader.load(null, Map.of(), settings).config().store();
    }

    @AfterEach
    void stop() throws Exception {
        oldStore.close();
        newStore.close();
        torn.close();
        lane.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void arrive() {
        arrivals.arrived(
                HANDOVER,
                lane,
                (kind, message) -> taken.add(
                        kind == LateMessages.Kind.ALL
                                ? "all"
                                : message.getWhisper().getText()));
    }

    private void tell(String text) {
        ServerMessage message = ServerMessage.newBuilder()
                .setWhisper(WhisperReceived.newBuilder().setText(text))
                .build();
        lane.execute(() -> late.add(LateMessages.Kind.EVENT, message));
    }

    private static long published() throws IOException {
        String calls = redis.ask("INFO", "commandstats").replaceAll("(?s).*cmdstat_publish:calls=(\\d+).*", "$1");
        return calls.matches("\\d+") ? Long.parseLong(calls) : 0;
    }

    @Test
    void whatIsLostOnTheWayIsToldAgain() throws Exception {
        arrive();
        torn.refuse();
        tellDuringTheCut();
    }

    @Test
    void whatComesAgainIsTakenOnce() throws Exception {
        arrive();
        torn.freeze();
        tellDuringTheCut();
        List<String> once = List.copyOf(taken);
        for (List<String> words : List.copyOf(asked)) {
            assertThat(arrivals.brought(words).toCompletableFuture())
                    .succeedsWithin(SOON)
                    .isEqualTo(true);
        }
        assertThat(taken).isEqualTo(once);
    }

    private void tellDuringTheCut() throws IOException {
        tell("one");
        tell("two");
        lane.execute(late::follow);
        tell("three");
        long before = published();
        await("the old server has tried several times").atMost(SOON).until(() -> published() >= before + 3);
        assertThat(taken).isEmpty();
        torn.resume();
        await().atMost(SOON).until(() -> taken.contains("three"));
        tell("four");
        await().atMost(SOON).until(() -> taken.contains("four"));
        assertThat(taken).containsExactly("one", "two", "all", "three", "four");
        await("nothing waits").atMost(SOON).until(() -> budget.usedBytes() == 0);
        assertThat(lost.count()).isZero();
    }

    @Test
    void aSessionThatIsJustOpeningGetsItAll() {
        tell("one");
        lane.execute(late::follow);
        await("it has been asked for in vain").atMost(SOON).until(() -> asked.size() >= 2);
        arrive();
        await().atMost(SOON).until(() -> taken.equals(List.of("one", "all")));
    }

    @Test
    void whatFollowsASessionThatIsGoneIsGivenUpAndCounted() {
        tell("one");
        tell("two");
        lane.execute(late::follow);
        await().atMost(SOON).until(() -> lost.count() == 2);
        assertThat(budget.settled(60_000).toCompletableFuture()).succeedsWithin(SOON);
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void whatComesAfterTheEndOfTheSessionIsGivenUpAndCounted() {
        arrive();
        tell("one");
        lane.execute(late::follow);
        await().atMost(SOON).until(() -> taken.equals(List.of("one", "all")));
        lane.execute(() -> arrivals.ended(HANDOVER, null));
        tell("two");
        await().atMost(SOON).until(() -> lost.count() == 1);
        assertThat(taken).containsExactly("one", "all");
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void aSessionThatStaysIsToldAtHome() {
        tell("one");
        tell("two");
        lane.execute(late::giveBack);
        await().atMost(SOON).until(() -> back.equals(List.of("one", "two")));
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void whatWaitsIsBounded() {
        IntStream.range(0, 600).forEach(i -> tell("line " + i));
        CompletableFuture.runAsync(() -> {}, lane).join();
        assertThat(lost.count()).isEqualTo(600 - 512);
    }
}
