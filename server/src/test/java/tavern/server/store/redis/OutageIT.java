package tavern.server.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static tavern.server.store.Realm.EVENT;
import static tavern.server.store.Realm.ROOM;
import static tavern.server.store.Realm.wish;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.services.FairTime;
import tavern.server.services.RedisProcess;
import tavern.server.services.TcpProxy;
import tavern.server.store.Causes;
import tavern.server.store.ChangeListener;
import tavern.server.store.ChatLine;
import tavern.server.store.Erasure;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseKey;
import tavern.server.store.OutboxRow;
import tavern.server.store.Presence;
import tavern.server.store.PresenceStore;
import tavern.server.store.Realm;
import tavern.server.store.Sanction;
import tavern.server.store.Stages;
import tavern.server.store.StoreSettings;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.TradeTransactions;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionDraft;
import tavern.server.store.TransactionId;
import tavern.server.store.TransactionResult;

/** Redis dies, freezes and comes back in the middle of trades, and forgets its scripts. */
@Timeout(120)
final class OutageIT {
    private static final int TIMEOUT_MILLIS = 1_500;

    /** For operations that must not fail however busy the machine is. */
    private static final int LONG_TIMEOUT_MILLIS = 30_000;

    private static final int IN_FLIGHT_MAX = 200;
    private static final int FLUSHES = 20;

    @TempDir
    private Path folder;

    private RedisProcess redis;
    private RedisStore store;
    private Realm realm;
    private Player ann;
    private Player bob;

    @BeforeEach
    void start() throws Exception {
        redis = RedisProcess.start(folder);
        store = open(false);
        realm = new Realm(store);
        ann = realm.open("ann", "gold", 1_000_000);
        bob = realm.open("bob", "potion", 1_000_000);
    }

    @AfterEach
    void everythingIsAccountedForThenStop() throws Exception {
        try (RedisStore patient = open(false, LONG_TIMEOUT_MILLIS)) {
            assertThat(Realm.check(patient).differences()).isEmpty();
        }
        store.close();
        redis.close();
    }

    private RedisStore open(boolean announceChanges) {
        return open(announceChanges, TIMEOUT_MILLIS);
    }

    private RedisStore open(boolean announceChanges, int timeoutMillis) {
        return open(redis.uri(), announceChanges, timeoutMillis);
    }

    private static RedisStore open(String uri, boolean announceChanges, int timeoutMillis) {
        return RedisStore.open(
                new StoreSettings(
                        StoreSettings.Kind.REDIS,
                        Path.of("unused"),
                        IN_FLIGHT_MAX,
                        100_000,
                        0,
                        StoreSettings.OUTCOMES_KEPT_DAYS,
                        new StoreSettings.Redis(uri, false, timeoutMillis, 0)),
                "main",
                announceChanges);
    }

    /** As when Redis freezes after it has answered on the first two. */
    @Test
    void aStartWhoseLastConnectionIsNotAnsweredBeginsAgain() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(RedisStore.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try (TcpProxy address = TcpProxy.to(redis.port())) {
            address.ignore(3); // over which changes by other servers would come
            open("redis://127.0.0.1:" + address.port(), true, LONG_TIMEOUT_MILLIS)
                    .close();
            assertThat(address.connections()).isEqualTo(6);
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .hasSize(1)
                .allMatch(line -> line.contains("trying again"));
    }

    /** What was sent may still arrive after the connection was lost, until Redis refuses it. */
    @Test
    void aLoginFailsOnlyWhenItCannotHappenAnyMore() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(redis.port());
                RedisStore there = open("redis://127.0.0.1:" + proxy.port(), true, TIMEOUT_MILLIS)) {
            PresenceStore presence = Objects.requireNonNull(there.presence());
            proxy.freezeBefore("\r\none\r\n$0\r\n\r\n");
            long begunNanos = System.nanoTime();
            CompletableFuture<Presence> login = presence.arrive(ann.id(), "one").toCompletableFuture();
            await().pollInterval(Duration.ofMillis(10)).until(proxy::isFrozen);
            proxy.cut();
            assertThatThrownBy(login::join).hasCauseInstanceOf(StoreUnavailableException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begunNanos))
                    .isGreaterThan(Duration.ofMillis(TIMEOUT_MILLIS));
        }
    }

    /** The other run has its rooms in another order, so that some would be left out. */
    @Test
    void aSearchThroughRoomsDoesNotGoOnInAnotherRunOfRedis() throws Exception {
        try (RedisStore patient = open(false, LONG_TIMEOUT_MILLIS)) {
            for (int i = 0; i < 300; i++) {
                Realm.acquire(patient, new RoomId("cellar-" + i));
            }
            String next = Realm.await(patient.traces(ann, "")).next();
            assertThat(Realm.await(patient.traces(ann, next)).next()).isNotEmpty();
            redis.restart();
            await("Redis")
                    .atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> Realm.await(patient.findPlayer("ann")) != null);
            assertThatThrownBy(() -> Realm.await(patient.traces(ann, next)))
                    .hasMessageContaining("Redis was restarted");
            assertThatThrownBy(() -> Realm.await(patient.traces(ann, "7"))).hasMessageContaining("no search continues");
        }
    }

    /** Trades, and transactions of three parties. */
    @Test
    void aKillInTheMiddleOfTransactionsLosesNothingThatWasAnswered() throws Exception {
        Queue<Transaction> answered = new ConcurrentLinkedQueue<>();
        List<Transaction> asked = new ArrayList<>();
        Semaphore free = new Semaphore(IN_FLIGHT_MAX / 2);
        for (int round = 0; round < 5; round++) {
            int enough = answered.size() + 300;
            while (answered.size() < enough) {
                // Trades first: bob has no gold before.
                Transaction next = asked.size() % 3 == 2 ? craft() : trade();
                asked.add(next);
                free.acquire();
                Stages.begin(() -> store.transact(next)).whenComplete((result, failure) -> {
                    if (failure == null) {
                        answered.add(next);
                    }
                    free.release();
                });
            }
            redis.restart();
            awaitAnswers();
            for (Transaction each : answered) {
                assertThat(isCommitted(each)).as("round %s", round).isTrue();
            }
        }
        List<Transaction> committed = asked.stream().filter(this::isCommitted).toList();
        long spent = committed.stream()
                .flatMap(each -> each.legs().stream())
                .filter(leg -> leg.from().equals(ann.id()))
                .mapToLong(leg -> leg.goods().stacks().getOrDefault("gold", 0L))
                .sum();
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(1_000_000 - spent);
        assertThat(realm.inventory(ann).items()).hasSize((int)
                committed.stream().filter(each -> each.legs().size() == 4).count());
        assertThat(outbox())
                .extracting(OutboxRow::messageId)
                .doesNotHaveDuplicates()
                .hasSize(committed.size());
    }

    /** Redis cuts off the command within which its file is torn, and leaves those before it in the same transaction. */
    @Test
    void halfOfATransactionDoesNotComeBackAtTheStartAfterTheNext() throws Exception {
        Transaction kept = trade();
        Transaction torn = trade();
        Realm.await(store.transact(kept));
        Realm.await(store.transact(torn));
        redis.kill();
        tearBeforeItsLastCommandEnds();
        redis.restart();
        awaitAnswers();
        assertThat(isCommitted(torn)).isFalse();
        await("a rewritten file")
                .atMost(Duration.ofSeconds(20))
                .until(() -> redis.ask("INFO", "persistence").contains("aof_rewrite_in_progress:0"));
        Transaction later = trade();
        Realm.await(store.transact(later));
        redis.restart();
        awaitAnswers();
        assertThat(isCommitted(torn)).isFalse();
        assertThat(isCommitted(kept)).isTrue();
        assertThat(isCommitted(later)).isTrue();
        assertThat(outbox()).hasSize(2);
    }

    /** Within the command before the EXEC, which takes 14 bytes. */
    private void tearBeforeItsLastCommandEnds() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("appendonlydir"))) {
            Path newest = files.filter(file -> file.toString().endsWith(".incr.aof"))
                    .max(Comparator.comparing(file -> file.toFile().lastModified()))
                    .orElseThrow();
            try (FileChannel channel = FileChannel.open(newest, StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() - 14 - 4);
            }
        }
    }

    private Transaction trade() {
        Settlement wish = wish(ann, bob, Goods.of("gold", 2), Goods.of("potion", 3));
        return TradeTransactions.of(wish, ROOM, realm.fence(), Realm.NOW, EVENT);
    }

    private Transaction craft() {
        return TransactionDraft.craft(TransactionId.dated("craft", "1", Realm.newUuid()), ann, bob, 3)
                .event(EVENT)
                .fence(ROOM, realm.fence())
                .build();
    }

    private boolean isCommitted(Transaction transaction) {
        return Realm.await(store.findOutcome(transaction.id())).stream().anyMatch(TransactionResult::isCommitted);
    }

    @Test
    void whatWasNotAnsweredIsSettledOnceWhenAskedAgain() throws Exception {
        Settlement wish = wish(ann, bob, Goods.of("gold", 2), Goods.NONE);
        redis.freeze();
        assertUnavailable(wish);
        assertUnavailable(wish);
        redis.thaw();
        awaitAnswers();
        assertThat(realm.settle(wish).outcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(999_998);
    }

    @Test
    void aFrozenServerFailsWhatIsAskedInTimeAndNeverHoldsMoreThanItsBound() throws Exception {
        redis.freeze();
        AtomicInteger failed = new AtomicInteger();
        int asked = 20 * IN_FLIGHT_MAX;
        long start = FairTime.nanos();
        for (int i = 0; i < asked; i++) {
            realm.ask(wish(ann, bob, Goods.of("gold", 1), Goods.NONE), EVENT).whenComplete((settled, failure) -> {
                if (failure != null && Causes.of(failure) instanceof StoreUnavailableException) {
                    failed.incrementAndGet();
                }
            });
            assertThat(store.stats().inFlight()).isLessThanOrEqualTo(IN_FLIGHT_MAX);
        }
        await().untilAtomic(failed, equalTo(asked));
        assertThat(Duration.ofNanos(FairTime.nanos() - start)).isLessThan(Duration.ofSeconds(10));
        assertThat(store.stats().available()).isFalse();
        redis.thaw();
        awaitAnswers();
        assertThat(store.stats().available()).isTrue();
    }

    /** Others would wait behind them: a player's whole inventory is read at once. */
    @Test
    void aStormOfLoginsAsksForFewPlayersAtATimeAndForNoneOnceTheServerIsSilent() throws Exception {
        redis.freeze();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int i = 0; i < IN_FLIGHT_MAX / 2; i++) {
            answers.add(store.findPlayer(ann.id()).toCompletableFuture());
            answers.add(store.openPlayer("newcomer" + i, Goods.NONE, List.of(), null, 1)
                    .toCompletableFuture());
            assertThat(store.stats().inFlight())
                    .as("with what the store itself asks")
                    .isLessThan(2 * ReadsInTurn.UNDER_WAY_MAX);
        }
        for (CompletableFuture<?> answer : answers) {
            await().until(answer::isCompletedExceptionally);
            assertThat(Causes.of(answer.handle((found, failure) -> failure).join()))
                    .isInstanceOf(StoreUnavailableException.class);
        }
        redis.thaw();
        awaitAnswers();
        assertThat(Realm.await(store.findPlayer(ann.id()))).isPresent();
    }

    @Test
    void aServerThatIsGoneRefusesAtOnceAndAStopDoesNotWaitForIt() throws Exception {
        redis.kill();
        await("that the connection is gone is noticed").until(this::isRefused);
        Settlement wish = wish(ann, bob, Goods.of("gold", 1), Goods.NONE);
        assertThat(realm.ask(wish, EVENT).toCompletableFuture())
                .as("refused before anybody could wait")
                .isCompletedExceptionally();
        assertUnavailable(wish);
        redis.restart();
        awaitAnswers();
    }

    @Test
    void aFullMemoryIsAnOutageThatEndsByItself() throws Exception {
        Settlement wish = wish(ann, bob, Goods.of("gold", 2), Goods.NONE);
        redis.ask("CONFIG", "SET", "maxmemory", "1");
        assertThatThrownBy(() -> Realm.await(realm.ask(wish, EVENT)))
                .hasCauseInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("OOM");
        assertThatThrownBy(() -> Realm.await(realm.ask(wish, null)))
                .hasCauseInstanceOf(StoreUnavailableException.class);
        assertThat(store.stats().available()).isFalse();
        redis.ask("CONFIG", "SET", "maxmemory", "0");
        await("nobody asks, and it is noticed all the same")
                .until(() -> store.stats().available());
        assertThat(realm.settle(wish).outcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(999_998);
    }

    /** What is published leaves the outbox, which makes room. */
    @Test
    void aFullMemoryThatLosesTheConnectionIsStillReadAndEmptied() throws Exception {
        Realm.await(realm.ask(wish(ann, bob, Goods.of("gold", 2), Goods.NONE), EVENT));
        redis.ask("CONFIG", "SET", "maxmemory", "1");
        redis.ask("CLIENT", "KILL", "TYPE", "normal");
        await("that writes are refused")
                .until(() -> realm.ask(wish(ann, bob, Goods.of("gold", 1), Goods.NONE), EVENT)
                        .handle((settled, failure) -> String.valueOf(failure).contains("OOM"))
                        .toCompletableFuture()
                        .join());
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(999_998);
        List<OutboxRow> rows = Realm.await(store.outbox(0, 500));
        assertThat(rows).hasSize(1);
        assertThat(Realm.await(store.removeOutbox(rows))).isZero();
        assertThat(Realm.await(store.outbox(0, 500))).isEmpty();
        assertThat(store.stats().available()).as("no write was accepted").isFalse();
        redis.ask("CONFIG", "SET", "maxmemory", "0");
        await("nobody asks, and it is noticed all the same")
                .until(() -> store.stats().available());
    }

    @Test
    void scriptsThatRedisForgotAreSaidAgain() throws Exception {
        redis.ask("SCRIPT", "FLUSH");
        List<SettledTrade> settled = IntStream.range(0, 50)
                .mapToObj(i -> realm.ask(wish(ann, bob, Goods.of("gold", 1), Goods.NONE), EVENT))
                .toList()
                .stream()
                .map(Realm::await)
                .toList();
        assertThat(settled).extracting(SettledTrade::outcome).containsOnly(TradeOutcome.COMMITTED);
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(999_950);
    }

    /** A line whose number is not above the last one's is left out: whatever overtakes another loses it. */
    @Test
    void whatRedisForgetsInTheMiddleOfAStormIsDoneInItsOldOrder() throws Exception {
        store.close();
        store = open(false, LONG_TIMEOUT_MILLIS);
        AtomicInteger flushes = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        Semaphore free = new Semaphore(IN_FLIGHT_MAX / 2);
        Thread flushing = new Thread(() -> {
            try {
                for (int i = 0; i < FLUSHES; i++) {
                    redis.ask("SCRIPT", "FLUSH");
                    flushes.incrementAndGet();
                }
            } catch (IOException e) {
                failed.incrementAndGet();
            }
        });
        flushing.start();
        int lines = 0;
        while (flushes.get() < FLUSHES && failed.get() == 0) {
            free.acquire();
            List<ChatLine> line = List.of(new ChatLine("ann", "line " + lines, Realm.NOW));
            store.appendChat(ROOM, realm.fence(), realm.fence() + lines++, line, Integer.MAX_VALUE)
                    .whenComplete((done, failure) -> {
                        failed.addAndGet(failure == null ? 0 : 1);
                        free.release();
                    });
        }
        flushing.join();
        free.acquire(IN_FLIGHT_MAX / 2);
        assertThat(failed).hasValue(0);
        assertThat(Realm.await(store.chat(ROOM, Integer.MAX_VALUE)).lines()).hasSize(lines);
    }

    @Test
    void aLeaseGoesToAnotherOnlyWhenItRanOutAndThenTheFirstHasLostIt() {
        LeaseKey key = new LeaseKey("room:cellar");
        long fence = acquiredAndHeld(key, "one");
        await().until(() -> redisSaysGone(key));
        assertThat(Realm.await(store.renewLeases(Map.of(key, fence), "one", 200)))
                .as("nobody acquired it meanwhile")
                .isEmpty();
        await().until(() -> Realm.await(store.acquireLease(key, "two", 60_000)) instanceof LeaseAnswer.Granted);
        assertThat(Realm.await(store.renewLeases(Map.of(key, fence), "one", 200)))
                .containsExactly(key);
    }

    /** For 200 ms; another one who asks in that time is told so. @return its fence */
    private long acquiredAndHeld(LeaseKey key, String holder) {
        AtomicLong fence = new AtomicLong();
        // On a machine that is slower than the lease, the other one gets it, and all of it is tried again.
        await().until(() -> {
            LeaseAnswer first = Realm.await(store.acquireLease(key, holder, 200));
            LeaseAnswer second = Realm.await(store.acquireLease(key, "another", 200));
            if (!(first instanceof LeaseAnswer.Granted granted) || !(second instanceof LeaseAnswer.Held held)) {
                return false;
            }
            assertThat(held.holder()).isEqualTo(holder);
            assertThat(held.remainingMillis()).isBetween(1L, 200L);
            fence.set(granted.fence());
            return true;
        });
        return fence.get();
    }

    @Test
    void aLeaseWhoseDataWasLostIsHeldAgainByWhoRenewsIt() throws Exception {
        LeaseKey key = LeaseKey.room(ROOM);
        redis.ask("DEL", "{main}:lease:room:hall", "{main}:fence:room:hall");
        assertThat(Realm.await(store.renewLeases(Map.of(key, realm.fence()), "test@127.0.0.1:1", 60_000)))
                .isEmpty();
        assertThat(realm.settle(wish(ann, bob, Goods.of("gold", 1), Goods.NONE)).outcome())
                .isEqualTo(TradeOutcome.COMMITTED);
    }

    @Test
    void serversHearWhatOthersChangeAndThatTheyMayHaveMissedSomething() throws Exception {
        Queue<PlayerId> changed = new ConcurrentLinkedQueue<>();
        Queue<PlayerId> erased = new ConcurrentLinkedQueue<>();
        Queue<String> announced = new ConcurrentLinkedQueue<>();
        AtomicInteger all = new AtomicInteger();
        try (RedisStore listening = open(true);
                RedisStore writing = open(true)) {
            listening.listen(new ChangeListener() {
                @Override
                public void playerChanged(PlayerId player) {
                    changed.add(player);
                }

                @Override
                public void playerErased(PlayerId player) {
                    erased.add(player);
                }

                @Override
                public void announced(String text) {
                    announced.add(text);
                }

                @Override
                public void allChanged() {
                    all.incrementAndGet();
                }
            });
            await().until(() -> all.get() == 1);
            Realm other = new Realm(writing);
            Realm.await(Realm.grant(listening, ann.id(), Realm.stacks("gold", 1), "own", Realm.NOW));
            other.settle(wish(bob, ann, Goods.of("potion", 1), Goods.NONE));
            await().until(() -> changed.size() == 2);
            assertThat(changed).as("not one's own").containsExactly(bob.id(), ann.id());
            Realm.await(listening.announce("one's own"));
            Realm.await(writing.announce("closing soon: 5 % left & say + 17"));
            await().until(() -> !announced.isEmpty());
            assertThat(announced).containsExactly("closing soon: 5 % left & say + 17");
            Realm.await(writing.sanction(
                    ann.id(), new Sanction(Sanction.Kind.BAN, Realm.NOW + 1, ""), Sanction.none(Sanction.Kind.BAN)));
            Realm.await(writing.eraseName(Erasure.of(ann.id(), ann.name()), Realm.NOW));
            await().until(() -> !erased.isEmpty());
            assertThat(erased).containsExactly(ann.id());
            redis.ask("PUBLISH", "{main}:changes", "somebody say %zz");
            await("what cannot be understood may be a change").until(() -> all.get() == 2);
            redis.restart();
            await().until(() -> all.get() == 3);
        }
        awaitAnswers();
    }

    private List<OutboxRow> outbox() {
        try (RedisStore patient = open(false, LONG_TIMEOUT_MILLIS)) {
            return Realm.await(patient.outbox(0, 10_000));
        }
    }

    private boolean redisSaysGone(LeaseKey key) throws Exception {
        return redis.ask("EXISTS", "{main}:lease:" + key).equals("0");
    }

    private boolean isRefused() {
        return store.findPlayer("ann").toCompletableFuture().isCompletedExceptionally();
    }

    private void assertUnavailable(Settlement wish) {
        assertThatThrownBy(() -> Realm.await(realm.ask(wish, EVENT)))
                .hasCauseInstanceOf(StoreUnavailableException.class);
    }

    private void awaitAnswers() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> Realm.await(store.findPlayer("ann").handle((found, failure) -> failure == null)));
    }
}
