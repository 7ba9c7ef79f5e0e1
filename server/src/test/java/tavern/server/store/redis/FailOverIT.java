package tavern.server.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static tavern.server.store.Realm.EVENT;
import static tavern.server.store.Realm.wish;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Settlement;
import tavern.server.services.RedisProcess;
import tavern.server.services.TcpProxy;
import tavern.server.store.GrantAnswer;
import tavern.server.store.Leg;
import tavern.server.store.Realm;
import tavern.server.store.Refusal;
import tavern.server.store.RoomTurn;
import tavern.server.store.SegmentDraft;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionId;
import tavern.server.store.TransactionResult;

/** A Redis with a replica: the one becomes the other while connections stay up, or the replica falls silent. */
@Timeout(120)
final class FailOverIT {
    private static final int TIMEOUT_MILLIS = 1_000;

    @TempDir
    private Path folder;

    private RedisProcess master;
    private RedisProcess replica;
    private TcpProxy address;
    private RedisStore store;
    private Realm realm;
    private Player ann;
    private Player bob;

    static StoreSettings settings(String uri, int timeoutMillis, int waitReplicas) {
        return new StoreSettings(
                StoreSettings.Kind.REDIS,
                Path.of("unused"),
                1_000,
                100_000,
                0,
                StoreSettings.OUTCOMES_KEPT_DAYS,
                new StoreSettings.Redis(uri, false, timeoutMillis, waitReplicas));
    }

    @BeforeEach
    void start() throws Exception {
        master = RedisProcess.start(folder.resolve("master"), "--repl-diskless-sync-delay", "0");
        replica = RedisProcess.start(
                folder.resolve("replica"), "--replicaof", "127.0.0.1", Integer.toString(master.port()));
        address = TcpProxy.to(master.port());
        await("the replica to follow")
                .until(() -> replica.ask("INFO", "replication").contains("master_link_status:up"));
        connect(0);
        ann = realm.open("ann", "gold", 1_000);
        bob = realm.open("bob", "potion", 1_000);
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
        address.close();
        replica.close();
        master.close();
    }

    private void connect(int waitReplicas) {
        store = RedisStore.open(
                settings("redis://127.0.0.1:" + address.port(), TIMEOUT_MILLIS, waitReplicas), "main", false);
        realm = new Realm(store);
    }

    private Settlement oneGold() {
        return wish(ann, bob, Goods.of("gold", 1), Goods.NONE);
    }

    private static void assertUnavailable(CompletionStage<?> answer, String why) {
        assertThatThrownBy(() -> Realm.await(answer))
                .hasCauseInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining(why);
    }

    private void awaitCommitted(Settlement wish) {
        // Most are committed at the first look.
        await().pollDelay(Duration.ZERO)
                .until(() -> Realm.await(realm.ask(wish, EVENT)
                        .handle((settled, failure) -> failure == null && settled.outcome() == TradeOutcome.COMMITTED)));
    }

    @Test
    void aMasterThatBecameAReplicaIsGivenUpThoughItsConnectionStaysUp() throws Exception {
        realm.settle(oneGold());
        await("the replica to have it")
                .until(() -> replica.ask("HGET", "{main}:player:2", "s:gold").equals("1"));
        replica.ask("REPLICAOF", "NO", "ONE");
        master.ask("REPLICAOF", "127.0.0.1", Integer.toString(replica.port()));
        Settlement wish = oneGold();
        assertUnavailable(realm.ask(wish, EVENT), "READONLY");
        assertThat(store.stats().available()).as("what /readyz tells").isFalse();
        assertUnavailable(store.findPlayer("ann"), "replica"); // what it says may be old

        long start = System.nanoTime();
        long connections = address.connections();
        await("the address is connected to again and again").until(() -> address.connections() >= connections + 2);
        long more = address.connections() - connections;
        // Once a second, by the clock that the store's timer has too; two connections had begun before.
        assertThat(more).as("but not in a hurry").isLessThanOrEqualTo(3 + (System.nanoTime() - start) / 1_000_000_000);

        address.leadTo(replica.port());
        awaitCommitted(wish);
        assertThat(store.stats().available()).isTrue();
        assertThat(replica.ask("HGET", "{main}:player:2", "s:gold")).isEqualTo("2");
        assertThat(Realm.check(store).differences()).isEmpty();
    }

    @Test
    void aReplicaThatBecomesTheMasterAgainIsUsedAgain() throws Exception {
        master.ask("REPLICAOF", "127.0.0.1", Integer.toString(replica.port()));
        Settlement wish = oneGold();
        assertUnavailable(realm.ask(wish, EVENT), "READONLY");
        master.ask("REPLICAOF", "NO", "ONE");
        await("nobody asks, and it is noticed all the same")
                .until(() -> store.stats().available());
        awaitCommitted(wish);
        assertThat(realm.inventory(bob).count("gold")).isEqualTo(1);
    }

    @Test
    void aTradeThatNoReplicaHasIsNotToldUntilOneHasIt() throws Exception {
        store.close();
        connect(1);
        List<Settlement> wishes =
                IntStream.range(0, 200).mapToObj(i -> oneGold()).toList();
        wishes.forEach(each -> realm.ask(each, EVENT));
        // A replica on a slow disk may not have all of them in time; then they are asked for again.
        wishes.forEach(this::awaitCommitted);
        replica.freeze();
        Settlement wish = oneGold();
        assertUnavailable(realm.ask(wish, EVENT), "0 of 1 replicas");
        assertUnavailable(realm.ask(wish, EVENT), "0 of 1 replicas");
        assertUnavailable(Realm.findTrade(store, wish.id()), "0 of 1 replicas");
        assertUnavailable(Realm.grant(store, ann.id(), Realm.stacks("gold", 1), "gift", Realm.NOW), "0 of 1 replicas");
        assertUnavailable(store.openPlayer("cleo", Goods.NONE, List.of(), null, Realm.NOW), "0 of 1 replicas");
        assertUnavailable(store.openPlayer("cleo", Goods.NONE, List.of(), null, Realm.NOW), "0 of 1 replicas");
        assertUnavailable(store.outbox(0, 300), "0 of 1 replicas");
        assertThat(store.stats().available()).isFalse();
        assertThat(realm.inventory(bob).count("potion"))
                .as("only what was just written waits")
                .isEqualTo(1_000);
        replica.thaw();
        awaitCommitted(wish);
        await().until(() -> store.stats().available());
        Realm.await(Realm.grant(store, ann.id(), Realm.stacks("gold", 1), "gift", Realm.NOW));
        assertThat(Realm.await(store.outbox(0, 300)))
                .as("what may be published")
                .hasSize(201);
        assertThat(realm.inventory(bob).count("gold")).as("once").isEqualTo(201);
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(1_000 - 201 + 1);
    }

    /** Nothing that a server of schema 1 has done is done again, though the new master knows of no take-over. */
    @Test
    void aTakeOverThatAFailOverLostIsDoneAgainBeforeAnythingElse() throws Exception {
        store.close();
        SchemaOneRealm.write(master, "old");
        await("the replica to have it")
                .until(() -> replica.ask("XLEN", "{old}:ledger").equals("5"));
        replica.ask("REPLICAOF", "NO", "ONE");
        store = RedisStore.open(settings("redis://127.0.0.1:" + address.port(), TIMEOUT_MILLIS, 0), "old", false);
        assertThat(master.ask("HGET", "{old}:meta", "schema")).isEqualTo("2");
        assertThat(replica.ask("HGET", "{old}:meta", "schema")).isEqualTo("1");

        address.leadTo(replica.port());
        master.kill();
        PlayerId one = new PlayerId(1);
        AtomicReference<GrantAnswer> answer = new AtomicReference<>();
        await("the new master")
                .pollDelay(Duration.ZERO)
                .until(() -> Realm.await(Realm.grant(store, one, Realm.stacks("gold", 7), "gift", Realm.NOW)
                        .handle((done, failure) -> {
                            answer.set(done);
                            return failure == null;
                        })));
        assertThat(answer.get()).matches(GrantAnswer::isRepeat);
        assertThat(replica.ask("HGET", "{old}:meta", "schema")).isEqualTo("2");
        assertThat(replica.ask("HGET", "{old}:player:1", "s:gold")).isEqualTo("78");
        assertThat(Realm.await(store.ledger("", 100))).hasSize(5);
        assertThat(Realm.check(store).differences()).isEmpty();
    }

    /** Scripts look at the schema themselves, because nobody else does while the connection stays up. */
    @Test
    void noScriptTakesARealmOfAnotherSchemaForItsOwn() throws Exception {
        Transaction turn = Transaction.turn(
                new RoomTurn(Realm.ROOM, "cards", 0, 1, new byte[] {1}, Realm.NOW),
                realm.fence(),
                List.of(),
                List.of(),
                List.of(),
                Realm.NOW);
        List<Supplier<CompletionStage<?>>> scripts = List.of(
                () -> realm.ask(oneGold(), EVENT),
                () -> store.transact(turn),
                () -> store.openPlayer("cleo", Goods.NONE, List.of(), null, Realm.NOW),
                () -> store.findOutcome(TransactionId.undated("any")),
                () -> store.ledger("", 10),
                () -> store.holdings(0, 10),
                () -> store.forgetOutcomes(0, System.currentTimeMillis(), 10),
                store::newestSegment,
                () -> store.checkpointed(List.of("1 gold")),
                () -> store.checkpoint("", 10),
                () -> store.prepare(1, 1, List.of()),
                () -> store.tidy(1, 10),
                () -> store.removeEntries(1, 1, 0, 0, 10));
        master.ask("DEL", "{main}:outcomes:1888888");
        for (Supplier<CompletionStage<?>> script : scripts) {
            master.ask("HSET", "{main}:meta", "schema", "99");
            assertUnavailable(script.get(), "SCHEMA {main}:meta has schema 99");
            assertUnavailable(store.findPlayer("ann"), "SCHEMA"); // this one would not have looked
            assertThat(store.stats().available()).isFalse();
            master.ask("HSET", "{main}:meta", "schema", "2");
            await("the next look at it").until(() -> store.stats().available());
        }
        awaitCommitted(oneGold());
    }

    /** An empty realm in its place would give all numbers and ids again, to players who are still in their rooms. */
    @Test
    void aRealmThatIsLostUnderARunningServerIsNotBegunAnew() throws Exception {
        RedisProcess empty = RedisProcess.start(folder.resolve("empty"));
        try {
            await("the replica to have everybody")
                    .until(() -> replica.ask("HEXISTS", "{main}:names", "bob").equals("1"));
            address.leadTo(empty.port());
            master.kill();
            await("the lost realm")
                    .until(() -> Realm.await(store.openPlayer("cleo", Goods.NONE, List.of(), null, Realm.NOW)
                            .handle((done, failure) -> String.valueOf(failure).contains("SCHEMA"))));
            await("a probe").until(() -> probes(empty) > 0);
            assertThat(empty.ask("EXISTS", "{main}:meta")).isEqualTo("0");
            assertThat(store.stats().available()).isFalse();
            address.leadTo(replica.port());
            replica.ask("REPLICAOF", "NO", "ONE");
            empty.kill();
            awaitCommitted(oneGold());
            await("the end of the outage").until(() -> store.stats().available());
        } finally {
            empty.close();
        }
    }

    /** Its numbers and ids mean others than those whom the running server knows. */
    @Test
    void aRealmBegunAnewByAnotherServerIsNotAcceptedByARunningOne() throws Exception {
        RedisProcess empty = RedisProcess.start(folder.resolve("empty"));
        try {
            await("the replica to have everybody")
                    .until(() -> replica.ask("HEXISTS", "{main}:names", "bob").equals("1"));
            try (RedisStore other = RedisStore.open(settings(empty.uri(), TIMEOUT_MILLIS, 0), "main", false)) {
                new Realm(other).open("mallory", "gold", 9);
            }
            address.leadTo(empty.port());
            master.kill();
            await("the other realm")
                    .until(() -> Realm.await(store.findPlayer("ann")
                            .handle((found, failure) -> String.valueOf(failure).contains("another realm"))));
            assertUnavailable(store.findPlayer(ann.id()), "restart all servers, or restore the data");
            assertUnavailable(realm.ask(oneGold(), EVENT), "another realm");
            empty.ask("HDEL", "{main}:meta", "realm-id");
            long probes = probes(empty);
            await("a look at a realm without an id").until(() -> probes(empty) >= probes + 2);
            assertUnavailable(store.findPlayer("ann"), "another realm");
            assertThat(store.stats().available()).isFalse();
            assertThat(empty.ask("HGET", "{main}:meta", "realm-id")).isEmpty();

            address.leadTo(replica.port());
            replica.ask("REPLICAOF", "NO", "ONE");
            empty.kill();
            awaitCommitted(oneGold());
            await("the end of the outage").until(() -> store.stats().available());
        } finally {
            empty.close();
        }
    }

    /** @return how often Redis was asked what only a look at the realm asks */
    static long probes(RedisProcess redis) throws IOException {
        return redis.ask("INFO", "commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_hmget:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("^\\w+:calls=(\\d+),.*", "$1")))
                .sum();
    }

    /** Nothing may be sent over the new connection before the realm was recognised, not even what only reads. */
    @Test
    void nothingIsReadFromAnotherRealmAfterAReconnect() throws Exception {
        RedisProcess other = RedisProcess.start(folder.resolve("other"));
        try {
            try (RedisStore begun = RedisStore.open(settings(other.uri(), TIMEOUT_MILLIS, 0), "main", false)) {
                Realm theirs = new Realm(begun);
                theirs.open("bob", "gold", 9);
                theirs.open("ann", "gold", 9);
            }
            address.leadTo(other.port());
            long connections = address.connections();
            master.ask("CLIENT", "KILL", "TYPE", "normal");
            await("looks at the other Redis")
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> {
                        CompletionStage<String> name = store.findPlayer(ann.id())
                                .handle((found, failure) -> found == null
                                        ? "refused"
                                        : found.orElseThrow().player().name());
                        assertThat(Realm.await(name)).isIn("refused", "ann");
                        return address.connections() > connections && probes(other) > 3;
                    });
        } finally {
            other.close();
        }
    }

    @Test
    void aTakeOverIsNotDoneUntilReplicasHaveIt() throws Exception {
        SchemaOneRealm.write(master, "old");
        replica.freeze();
        for (String start : List.of("the first", "one after it has failed")) {
            assertThatThrownBy(() -> RedisStore.open(settings(master.uri(), TIMEOUT_MILLIS, 1), "old", false))
                    .as(start)
                    .isInstanceOf(StoreOpenException.class)
                    .hasMessageContaining("0 of 1 replicas");
        }
        replica.thaw();
    }

    /** One that a fail-over loses would make the realm a stranger's to the server that gave it. */
    @Test
    void aRealmIsNotUsedUntilReplicasHaveItsId() throws Exception {
        master.ask("HDEL", "{main}:meta", "realm-id");
        replica.freeze();
        for (String start : List.of("the first, which gives it", "one that finds it")) {
            assertThatThrownBy(() -> RedisStore.open(settings(master.uri(), TIMEOUT_MILLIS, 1), "main", false))
                    .as(start)
                    .isInstanceOf(StoreOpenException.class)
                    .hasMessageContaining("0 of 1 replicas");
        }
        replica.thaw();
    }

    /** The new master has the entries and not the seal: the same segment is sealed once more. */
    @Test
    void aSealThatAFailOverLostIsDoneAgain() throws Exception {
        for (int i = 0; i < 10; i++) {
            realm.settle(oneGold());
        }
        SegmentDraft.sealNext(store, RedisSegmentsIT.fence(store), 5);
        await("the replica to have it")
                .until(() -> replica.ask("HGET", "{main}:segments", "newest").equals("1"));
        await("and the rest")
                .until(() -> replica.ask("XLEN", "{main}:entries").equals(master.ask("XLEN", "{main}:entries"))
                        && replica.ask("EXISTS", "{main}:sealing").equals("0"));
        cutOff();
        SegmentDraft second = SegmentDraft.next(store, 100);
        long fence = RedisSegmentsIT.fence(store);
        assertThat(second.prepare(store, fence)).isTrue();
        assertThat(second.seal(store, fence)).isTrue();
        assertThat(Realm.await(store.removeEntries(fence, 2, 0, Realm.NOW + 1, 100))
                        .removed())
                .isPositive();
        failOver();
        assertThat(Realm.await(store.newestSegment()).orElseThrow().number()).isEqualTo(1);
        long next = RedisSegmentsIT.fence(store);
        assertThat(next).isGreaterThan(fence);
        assertThat(second.seal(store, fence)).as("its owner is gone").isFalse();
        assertThat(SegmentDraft.next(store, 100)).isEqualTo(second);
        assertThat(SegmentDraft.sealNext(store, next, 100)).isEqualTo(second.segment());
        assertThat(Realm.check(store).differences()).isEmpty();
    }

    /** What the archive may have of them is of another history. */
    @Test
    void aSegmentWhoseEntriesAFailOverLostIsNotSealed() throws Exception {
        await("the replica to follow")
                .until(() -> replica.ask("XLEN", "{main}:entries").equals(master.ask("XLEN", "{main}:entries")));
        cutOff();
        realm.settle(oneGold());
        SegmentDraft lost = SegmentDraft.next(store, 100);
        failOver();
        long fence = RedisSegmentsIT.fence(store);
        assertThat(lost.prepare(store, fence)).isTrue();
        assertThat(lost.seal(store, fence)).isFalse();
        SegmentDraft.tidy(store, fence);
        SegmentDraft.sealNext(store, fence, 100);
        assertThat(Realm.check(store).differences()).isEmpty();
    }

    @Test
    void whatIsPreparedAndSealedWaitsForReplicas() throws Exception {
        store.close();
        connect(1);
        SegmentDraft draft = SegmentDraft.next(store, 100);
        long fence = RedisSegmentsIT.fence(store);
        replica.freeze();
        assertUnavailable(store.prepare(fence, 1, draft.rows()), "0 of 1 replicas");
        assertUnavailable(store.seal(fence, draft.segment()), "0 of 1 replicas");
        replica.thaw();
        await("the replica")
                .until(() -> Realm.await(
                        store.seal(fence, draft.segment()).handle((isSealed, failure) -> failure == null && isSealed)));
        assertThat(replica.ask("HGET", "{main}:segments", "newest")).isEqualTo("1");
    }

    @Test
    void aTurnThatNoReplicaHasIsNotToldUntilOneHasIt() throws Exception {
        store.close();
        connect(1);
        Realm.await(store.transact(turn(0, false)));
        Realm.await(store.transact(turn(1, true)));
        replica.freeze();
        assertUnavailable(store.transact(turn(2, false)), "0 of 1 replicas");
        assertUnavailable(store.transact(turn(2, false)), "0 of 1 replicas");
        assertUnavailable(store.transact(turn(3, true)), "0 of 1 replicas");
        replica.thaw();
        await().until(() -> Realm.await(store.transact(turn(3, true))
                .handle((result, failure) -> failure == null && result.isCommitted() && result.isRepeat())));
        assertThat(replica.ask("HGET", "{main}:game:hall", "revision")).isEqualTo("4");
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(1_002);
    }

    /** The game that the new master has is not that of the turn. */
    @Test
    void aTurnThatAFailOverLostIsTakenAgain() throws Exception {
        Realm.await(store.transact(turn(0, false)));
        await("the replica")
                .until(() -> replica.ask("HGET", "{main}:game:hall", "revision").equals("1"));
        cutOff();
        Realm.await(store.transact(turn(1, true)));
        Realm.await(store.transact(turn(2, false)));
        failOver();
        assertThat(Realm.await(store.game(Realm.ROOM)).orElseThrow().revision()).isEqualTo(1);
        TransactionResult late = Realm.await(store.transact(turn(2, false)));
        assertThat(Objects.requireNonNull(late.refusal()).reason()).isEqualTo(Refusal.Reason.OUT_OF_ORDER);
        assertThat(Realm.await(store.transact(turn(1, true))).isRepeat()).isFalse();
        assertThat(Realm.await(store.transact(turn(2, false))).isCommitted()).isTrue();
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(1_001);
    }

    private Transaction turn(long follows, boolean gives) {
        RoomTurn turn = new RoomTurn(Realm.ROOM, "cards", follows, follows + 1, new byte[] {1}, RoomTurn.NEVER);
        Leg leg = new Leg(new Mint("cards"), ann.id(), Goods.of("gold", 1), List.of());
        return Transaction.turn(turn, realm.fence(), gives ? List.of(leg) : List.of(), List.of(), List.of(), Realm.NOW);
    }

    /** From now on the replica gets nothing, and nobody can tell. */
    private void cutOff() throws Exception {
        replica.ask("REPLICAOF", "NO", "ONE");
    }

    private void failOver() throws Exception {
        address.leadTo(replica.port());
        master.kill();
        await("the new master")
                .until(() -> Realm.await(store.newestSegment().handle((found, failure) -> failure == null)));
    }

    /** Where a search through the keys stands means nothing to another server. */
    @Test
    void theSearchForRoomsOfAnEarlierServerBeginsAgainAfterAFailOver() throws Exception {
        String rooms = "for i = 1, 5000 do redis.call('SET', KEYS[1] .. i, '17') end return 1";
        master.ask("EVAL", rooms, "1", "{main}:fence:room:r");
        assertThat(Realm.await(store.forgetRooms(86_400_000, System.currentTimeMillis(), 10)))
                .as("it has begun")
                .isTrue();
        await("the replica to have it").until(() -> replica.ask("DBSIZE").equals(master.ask("DBSIZE")));
        assertThat(replica.ask("HGET", "{main}:meta", "rooms-indexed")).isEmpty();
        replica.ask("REPLICAOF", "NO", "ONE");
        address.leadTo(replica.port());
        master.kill();
        await("the end of the search")
                .pollInterval(Duration.ofMillis(5))
                .until(() -> Realm.await(store.forgetRooms(86_400_000, System.currentTimeMillis(), 10)
                        .handle((more, failure) -> failure == null && !more)));
        assertThat(replica.ask("ZCARD", "{main}:rooms")).isEqualTo("5001");
    }

    @Test
    void theLogSaysWhatAFailOverMayLose() {
        Logger logger = (Logger) LoggerFactory.getLogger(ServerCheck.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            store.close();
            connect(0);
            store.close();
            assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anyMatch(line -> line.contains("has 1 replicas")
                            && line.contains("a fail-over may lose the newest acknowledged trades"))
                    .noneMatch(line -> line.contains("nothing acknowledged is lost"));
            lines.list.clear();
            // On a busy machine the one there is may be late, too.
            await().untilAsserted(() -> assertThatThrownBy(
                            () -> RedisStore.open(settings(master.uri(), TIMEOUT_MILLIS, 2), "main", false))
                    .hasMessageContaining("1 of 2 replicas"));
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.contains("store.redis.wait-replicas = 2") && line.contains("1 replicas now"));
    }
}
