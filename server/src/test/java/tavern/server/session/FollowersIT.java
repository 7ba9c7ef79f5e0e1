package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.config.ConfigLoader;
import tavern.server.services.RedisProcess;
import tavern.server.store.StoreSettings;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.redis.RedisStore;

/** P-108: who can still come for a seat, asked of a real Redis and, by way of that, of another server. */
@Timeout(60)
final class FollowersIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final RoomId HALL = new RoomId("hall");
    private static final Player ANN = new Player(new PlayerId(7), "ann");
    private static final PlayerId BOB = new PlayerId(8);
    private static int realms;

    @TempDir
    static Path folder;

    private static RedisProcess redis;

    private final List<List<String>> askedOfOther = new CopyOnWriteArrayList<>();
    private volatile CompletionStage<Boolean> otherAnswers = CompletableFuture.completedFuture(false);
    private volatile CompletionStage<Boolean> hereAnswers = CompletableFuture.completedFuture(false);
    private volatile List<PlayerId> players = List.of();
    private volatile List<String> others = List.of();
    private RedisStore store;
    private RedisStore otherStore;
    private Followers followers;

    @BeforeAll
    static void startRedis() throws Exception {
        redis = RedisProcess.start(folder);
    }

    @AfterAll
    static void stopRedis() throws Exception {
        redis.close();
    }

    @BeforeEach
    void twoServers() throws Exception {
        String realm = "followers" + realms++;
        store = open(realm);
        otherStore = open(realm);
        RealmSessions here = sessions("here", store, words -> CompletableFuture.completedFuture(false));
        sessions("other", otherStore, words -> {
            askedOfOther.add(words);
            return otherAnswers;
        });
        await("the servers hear each other")
                .atMost(SOON)
                .until(() -> here.ask("other", List.of("hello"))
                        .handle((answer, failure) -> failure == null)
                        .toCompletableFuture()
                        .join());
        askedOfOther.clear();
        followers = new Followers("here", here, store.presence(), new Followers.Here() {
            @Override
            public CompletionStage<Boolean> asked(List<String> words) {
                return hereAnswers;
            }

            @Override
            public List<PlayerId> some(int max) {
                return players;
            }

            @Override
            public List<String> others() {
                return others;
            }
        });
    }

    private static RedisStore open(String realm) throws Exception {
        Map<String, String> settings = Map.of(
                "store.kind", "redis", "store.redis.uri", redis.uri(), "store.redis.command-timeout-millis", "5000");
        StoreSettings read =
                ConfigLoader.load(null, Map.of(), settings).config().store();
        return RedisStore.open(read, realm, true);
    }

    private static RealmSessions sessions(String node, RedisStore store, RealmSessions.Questions questions) {
        return new RealmSessions(
                node,
                store.presence(),
                new RealmSessions.Here() {
                    @Override
                    public Map<PlayerId, Long> logins() {
                        return Map.of();
                    }

                    @Override
                    public void endOlderThan(PlayerId player, long login) {}
                },
                questions);
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
        otherStore.close();
    }

    private void isAt(PlayerId player, String node) {
        RedisStore its = node.equals("other") ? otherStore : store;
        assertThat(Objects.requireNonNull(its.presence()).arrive(player, node).toCompletableFuture())
                .succeedsWithin(SOON);
    }

    private CompletableFuture<Boolean> isComing() {
        return followers.isComing(ANN, HALL).toCompletableFuture();
    }

    /** A script in the store makes this server the player's before the session is here. */
    @Test
    void aSessionThatIsJustArrivingHereIsWaitedFor() {
        isAt(ANN.id(), "here");
        CompletableFuture<Boolean> arriving = new CompletableFuture<>();
        hereAnswers = arriving;
        CompletableFuture<Boolean> isComing = isComing();
        arriving.complete(true);
        assertThat(isComing).succeedsWithin(SOON).isEqualTo(true);
        assertThat(askedOfOther).isEmpty();
    }

    @Test
    void theServerThatHasTheSessionIsAsked() {
        others = List.of("other");
        isAt(ANN.id(), "other");
        assertThat(isComing()).succeedsWithin(SOON).isEqualTo(false);
        otherAnswers = CompletableFuture.completedFuture(true);
        assertThat(isComing()).succeedsWithin(SOON).isEqualTo(true);
        assertThat(askedOfOther).containsExactly(List.of("follows", "ann", "hall"), List.of("follows", "ann", "hall"));
    }

    @Test
    void nobodyComesFromAServerThatIsDead() {
        isAt(ANN.id(), "long-gone");
        assertThat(isComing()).succeedsWithin(SOON).isEqualTo(false);
    }

    @Test
    void whenTheStoreKnowsNothingTheServersAreAsked() {
        others = List.of("other");
        assertThat(isComing()).succeedsWithin(SOON).isEqualTo(false);
        otherAnswers = CompletableFuture.completedFuture(true);
        assertThat(isComing()).succeedsWithin(SOON).isEqualTo(true);
    }

    @Test
    void whenTheStoreKnowsNothingAndTheServersDoNotAnswerItIsNotKnown() {
        others = List.of("one that is silent");
        assertThat(isComing()).failsWithin(SOON);
    }

    @Test
    void whenTheStoreKnowsOfNobodyItIsNotKnown() {
        assertThat(isComing())
                .failsWithin(SOON)
                .withThrowableThat()
                .withCauseInstanceOf(StoreUnavailableException.class);
        players = List.of(BOB);
        assertThat(isComing()).as("its data is lost").failsWithin(SOON);
        isAt(BOB, "here");
        assertThat(isComing()).succeedsWithin(SOON).isEqualTo(false);
    }

    @Test
    void onlySoManyAreLookedForAtOnce() {
        isAt(ANN.id(), "here");
        CompletableFuture<Boolean> pending = new CompletableFuture<>();
        hereAnswers = pending;
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < Followers.UNDER_WAY_MAX; i++) {
            all.add(isComing());
        }
        assertThat(isComing()).failsWithin(SOON);
        pending.complete(true);
        assertThat(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)))
                .succeedsWithin(SOON);
        assertThat(all).allSatisfy(one -> assertThat(one).isCompletedWithValue(true));
        assertThat(isComing()).succeedsWithin(SOON).isEqualTo(true);
    }
}
