package tavern.server.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static tavern.server.store.Realm.NOW;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.NamedAccount;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.services.RedisProcess;
import tavern.server.store.Causes;
import tavern.server.store.HandedOver;
import tavern.server.store.Holdings;
import tavern.server.store.LeaseKey;
import tavern.server.store.Leg;
import tavern.server.store.OutboxEvent;
import tavern.server.store.OutboxRow;
import tavern.server.store.PresenceStore;
import tavern.server.store.Realm;
import tavern.server.store.Refusal;
import tavern.server.store.RoomTurn;
import tavern.server.store.StaleFenceException;
import tavern.server.store.Store;
import tavern.server.store.StoreContract;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionDraft;

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

    /** A broker that was silent for a while confirms rows of many reads at once: each must not be a call of its own. */
    @Test
    void rowsOfManyReadsAreRemovedInOneCall() throws Exception {
        try (RedisStore store = RedisStore.open(settings(redis.uri()), "reads", false)) {
            Realm realm = new Realm(store);
            Player ann = realm.open("ann", "gold", 100);
            Player bob = realm.open("bob", "potion", 100);
            List<OutboxRow> rows = new ArrayList<>();
            long last = 0;
            for (int i = 0; i < 6; i++) {
                Realm.await(realm.ask(
                        Realm.wish(ann, bob, Goods.of("gold", 1), Goods.NONE),
                        new OutboxEvent("trade.main.hall", new byte[0])));
                rows.addAll(Realm.await(store.outbox(last, 10)));
                last = rows.get(i).sequence();
            }
            assertThat(rows).extracting(OutboxRow::read).hasSize(6).doesNotHaveDuplicates();
            // The first call sends the script itself.
            Realm.await(store.removeOutbox(rows.subList(0, 1)));
            redis.ask("CONFIG", "RESETSTAT");
            assertThat(Realm.await(store.removeOutbox(rows.subList(1, 6)))).isZero();
            assertThat(redis.ask("INFO", "commandstats")).contains("cmdstat_evalsha:calls=1,");
            assertThat(Realm.await(store.outbox(0, 10))).isEmpty();
        }
    }

    @Override
    protected void dateOutcomes(Map<String, Long> millisOfIds) throws Exception {
        dateOutcomes(redis, "{realm" + realms.get() + "}:", millisOfIds);
    }

    static void dateOutcomes(RedisProcess redis, String tag, Map<String, Long> millisOfIds) throws Exception {
        List<String> command = new ArrayList<>(List.of("ZADD", tag + "outcome-times", "XX"));
        millisOfIds.forEach((id, millis) -> command.addAll(List.of(Long.toString(millis), id)));
        if (!millisOfIds.isEmpty()) {
            assertThat(redis.ask(command.toArray(String[]::new))).as("new ones").isEqualTo("0");
        }
    }

    /** What 100,000 joins leave, in one call: the disk is not what is tested. */
    @Override
    protected void useMadeUpRooms() throws Exception {
        String script = "for i = 1, tonumber(ARGV[1]) do local room = 'made-up-' .. i"
                + " redis.call('SET', KEYS[1] .. 'fence:room:' .. room, '1700000000000000')"
                + " redis.call('RPUSH', KEYS[1] .. 'chat:' .. room, '1 1700000000000 ann hello')"
                + " redis.call('HSET', KEYS[1] .. 'position:' .. room, '1', '0 0')"
                + " redis.call('ZADD', KEYS[1] .. 'rooms', '1700000000000', room) end return 1";
        String tag = "{realm" + realms.get() + "}:";
        assertThat(redis.ask("EVAL", script, "1", tag, Integer.toString(madeUpRooms())))
                .contains("1");
    }

    @Override
    protected long roomTraces() throws Exception {
        return roomTraces(redis, "{realm" + realms.get() + "}:");
    }

    /** The index has the room in use. */
    static long roomTraces(RedisProcess redis, String tag) throws Exception {
        long keys = redis.ask("KEYS", tag + "*made-up*")
                .lines()
                .filter(line -> !line.isBlank())
                .count();
        return keys + Long.parseLong(redis.ask("ZCARD", tag + "rooms").strip()) - 1;
    }

    /** By it, running servers recognise the realm. */
    @Test
    void aRealmGetsAnIdThatStaysAlsoOneOfAServerThatGaveNone() throws Exception {
        String name = "realm" + realms.get();
        String meta = "{" + name + "}:meta";
        String id = redis.ask("HGET", meta, "realm-id");
        assertThat(id).isNotBlank();
        RedisStore.open(settings(redis.uri()), name, false).close();
        assertThat(redis.ask("HGET", meta, "realm-id")).isEqualTo(id);
        redis.ask("HDEL", meta, "realm-id");
        RedisStore.open(settings(redis.uri()), name, false).close();
        assertThat(redis.ask("HGET", meta, "realm-id")).isNotBlank().isNotEqualTo(id);
    }

    @Test
    void turnsThatWaitForACallOfTheirRoomLeaveTogetherAndAreBoundedAsOperationsInFlight() throws Exception {
        long before = hashWrites();
        List<CompletionStage<String>> answers = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        whileRedisWaits(() -> {
            for (int i = 0; i < IN_FLIGHT_MAX; i++) {
                answers.add(turn(i, i + 1));
            }
            refused.add(Realm.await(turn(IN_FLIGHT_MAX, IN_FLIGHT_MAX + 1)));
        });
        assertThat(refused.get(0)).contains("in flight");
        assertThat(answers.stream().map(Realm::await).toList())
                .containsOnly("committed")
                .hasSize(IN_FLIGHT_MAX);
        assertThat(Realm.await(store.game(Realm.ROOM)).orElseThrow().revision()).isEqualTo(IN_FLIGHT_MAX);
        assertThat(hashWrites() - before)
                .as("one call for the first turn, and as few as possible for the others")
                .isEqualTo(1 + (IN_FLIGHT_MAX - 1 + TurnBatches.TURNS_MAX - 1) / TurnBatches.TURNS_MAX);
        assertThat(store.stats().inFlight()).isZero();
    }

    /** The first call is under way until all have been asked for, so that the others wait for as long as they may. */
    @Test
    void turnsThatLeaveTogetherEndAsIfEachWereAlone() throws Exception {
        long fence = realm.fence();
        List<CompletionStage<String>> answers = new ArrayList<>();
        answers.addAll(List.of(turn(0, 1), turn(1, 2), turn(2, 3)));
        answers.forEach(Realm::await);
        answers.clear();
        whileRedisWaits(() -> {
            answers.add(turn(8, 9));
            // A chain of which the room has the second turn.
            answers.addAll(List.of(turn(1, 2), turn(2, 3), turn(3, 4)));
            // Behind what waits, and before what follows.
            answers.add(turn(4, 5, fence, 1));
            answers.addAll(List.of(turn(5, 6), turn(6, 7)));
            answers.addAll(List.of(turn(7, 8, fence - 1, 0), turn(8, 9, fence - 1, 0)));
            answers.addAll(List.of(turn(7, 8), turn(8, 10)));
            // A chain of which the room has the last turn.
            answers.addAll(List.of(turn(7, 8), turn(8, 10)));
        });
        assertThat(answers.stream().map(Realm::await).toList())
                .containsExactly(
                        "is 3, not 8",
                        "is 3, not 1",
                        "repeat",
                        "committed",
                        "committed",
                        "committed",
                        "committed",
                        "stale",
                        "stale",
                        "committed",
                        "committed",
                        "is 10, not 7",
                        "repeat");
        assertThat(Realm.await(store.game(Realm.ROOM)).orElseThrow().revision()).isEqualTo(10);
    }

    private void whileRedisWaits(Runnable asking) throws Exception {
        redis.ask("CLIENT", "PAUSE", "20000", "WRITE");
        try {
            asking.run();
        } finally {
            redis.ask("CLIENT", "UNPAUSE");
        }
    }

    private CompletionStage<String> turn(int follows, int revision) {
        return turn(follows, revision, realm.fence(), 0);
    }

    /** @return how it ends, in a few words */
    private CompletionStage<String> turn(int follows, int revision, long fence, int gold) {
        RoomTurn turn = new RoomTurn(Realm.ROOM, "cards", follows, revision, new byte[0], RoomTurn.NEVER);
        List<Leg> legs = gold == 0
                ? List.of()
                : List.of(new Leg(new Mint("cards"), new NamedAccount("pot"), Goods.of("gold", gold), List.of()));
        return store.transact(Transaction.turn(turn, fence, legs, List.of(), List.of(), Realm.NOW))
                .handle((result, failure) -> {
                    if (failure != null) {
                        Throwable cause = Causes.of(failure);
                        return cause instanceof StaleFenceException ? "stale" : String.valueOf(cause.getMessage());
                    }
                    Refusal refusal = result.refusal();
                    return refusal != null
                            ? refusal.text().replaceFirst("^the revision of room \\S+ ", "")
                            : result.isRepeat() ? "repeat" : "committed";
                });
    }

    private static long hashWrites() throws Exception {
        return redis.ask("INFO", "commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_hset:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("^\\w+:calls=(\\d+),.*", "$1")))
                .sum();
    }

    /** With it, servers recognise each other's tokens. */
    @Test
    void aRealmGetsAKeyThatStays() throws Exception {
        String name = "realm" + realms.get();
        String meta = "{" + name + "}:meta";
        String key = redis.ask("HGET", meta, "token-key");
        assertThat(key).matches("[0-9a-f]{64}");
        try (RedisStore store = RedisStore.open(settings(redis.uri()), name, true)) {
            assertThat(Objects.requireNonNull(store.presence()).tokenKey())
                    .isEqualTo(HexFormat.of().parseHex(key));
        }
        assertThat(redis.ask("HGET", meta, "token-key")).isEqualTo(key);
    }

    /** Returns once the store of every test is used again. */
    private void cutConnections() throws Exception {
        redis.ask("CLIENT", "KILL", "TYPE", "normal");
        await().ignoreExceptions().until(() -> Realm.await(store.newestSegment().thenApply(found -> true)));
    }

    /** A fail-over may lose it. */
    @Test
    void aKeyThatWasLostIsWrittenAgain() throws Exception {
        String meta = "{realm" + realms.get() + "}:meta";
        String key = redis.ask("HGET", meta, "token-key");
        redis.ask("HDEL", meta, "token-key");
        cutConnections();
        await().until(() -> redis.ask("HGET", meta, "token-key").equals(key));
    }

    /** Another server was the first to start after that. */
    @Test
    void aKeyThatAnotherServerHasGivenTheRealmIsTaken() throws Exception {
        String name = "realm" + realms.get();
        String key = "ab".repeat(32);
        try (RedisStore store = RedisStore.open(settings(redis.uri()), name, true)) {
            redis.ask("HSET", "{" + name + "}:meta", "token-key", key);
            cutConnections();
            PresenceStore presence = Objects.requireNonNull(store.presence());
            await().until(() -> HexFormat.of().formatHex(presence.tokenKey()).equals(key));
        }
    }

    @Test
    void whatAServerHasTakenItIsGivenAgainForAWhile() throws Exception {
        String name = "realm" + realms.get();
        PlayerId player = new PlayerId(7);
        try (RedisStore store = RedisStore.open(settings(redis.uri()), name, true)) {
            PresenceStore presence = Objects.requireNonNull(store.presence());
            long before =
                    presence.arrive(player, "one").toCompletableFuture().join().login();
            presence.leave("id", new PresenceStore.PlayerLogin(player, before), new byte[] {' ', 0, 1}, 60_000)
                    .toCompletableFuture()
                    .join();
            HandedOver taken = presence.takeOver("id", "other")
                    .toCompletableFuture()
                    .join()
                    .orElseThrow();
            assertThat(taken.message()).containsExactly(' ', 0, 1);
            assertThat(taken.login()).isGreaterThan(before);
            HandedOver again = presence.takeOver("id", "other")
                    .toCompletableFuture()
                    .join()
                    .orElseThrow();
            assertThat(again.message()).isEqualTo(taken.message());
            assertThat(again.login()).isEqualTo(taken.login());
            assertThat(presence.takeBack("id").toCompletableFuture().join()).isFalse();
            assertThat(Long.parseLong(
                            redis.ask("PTTL", "{" + name + "}:taken:id").strip()))
                    .isBetween(1L, PresenceStore.TAKEN_MILLIS);
            presence.tookOver("id").toCompletableFuture().join();
            assertThat(presence.takeOver("id", "other").toCompletableFuture().join())
                    .isEmpty();
        }
    }

    /** Otherwise an earlier session would end a newer one. */
    @Test
    void whatAServerHasTakenItIsNotGivenAgainOnceThePlayerHasLoggedInSince() {
        PlayerId player = new PlayerId(7);
        try (RedisStore store = RedisStore.open(settings(redis.uri()), "realm" + realms.get(), true)) {
            PresenceStore presence = Objects.requireNonNull(store.presence());
            long before =
                    presence.arrive(player, "one").toCompletableFuture().join().login();
            presence.leave("id", new PresenceStore.PlayerLogin(player, before), new byte[] {1}, 60_000)
                    .toCompletableFuture()
                    .join();
            assertThat(presence.takeOver("id", "other").toCompletableFuture().join())
                    .isPresent();
            long newest = presence.arrive(player, "other")
                    .toCompletableFuture()
                    .join()
                    .login();
            assertThat(presence.takeOver("id", "other").toCompletableFuture().join())
                    .isEmpty();
            assertThat(presence.present(List.of(player)).toCompletableFuture().join())
                    .hasEntrySatisfying(
                            player, found -> assertThat(found.login()).isEqualTo(newest));
        }
    }

    /** As after FLUSHALL: no connection is lost, so nobody looks at the realm. */
    @Test
    void aRenewalNoticesThatAnotherServerHasBegunTheRealmAnew() throws Exception {
        String name = "realm" + realms.incrementAndGet();
        RoomId cellar = new RoomId("cellar");
        try (Store running = RedisStore.open(settings(redis.uri()), name, false)) {
            Map<LeaseKey, Long> held = Map.of(LeaseKey.room(cellar), Realm.acquire(running, cellar));
            for (String key : redis.ask("KEYS", "{" + name + "}:*").lines().toList()) {
                redis.ask("DEL", key);
            }
            RedisStore.open(settings(redis.uri()), name, false).close();
            assertThatThrownBy(() -> Realm.await(running.renewLeases(held, "a@b:1", 60_000)))
                    .hasCauseInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("another realm");
            assertThat(running.stats().available()).isFalse();
            assertThat(redis.ask("EXISTS", "{" + name + "}:fence:room:cellar")).isEqualTo("0");
        }
    }

    @Test
    void aToolBeginsNoRealm() throws Exception {
        String name = "realm" + realms.incrementAndGet();
        assertThatThrownBy(() -> RedisStore.openExisting(settings(redis.uri()), name))
                .isInstanceOf(StoreOpenException.class)
                .hasMessageContaining("there is no realm " + name);
        assertThat(redis.ask("KEYS", "{" + name + "}:*")).isBlank();
        RedisStore.open(settings(redis.uri()), name, false).close();
        RedisStore.openExisting(settings(redis.uri()), name).close();
    }

    @Test
    void roomsOfAnEarlierServerAreFoundAndCountAsUsedThen() throws Exception {
        indexesRoomsOfAnEarlierServer(store, redis, "{realm" + realms.get() + "}:");
    }

    /** A realm of a server that did not note when rooms were used. */
    static void indexesRoomsOfAnEarlierServer(Store store, RedisProcess node, String tag) throws Exception {
        RoomId cellar = new RoomId("cellar");
        long fence = Realm.acquire(store, cellar);
        Realm.await(store.releaseLease(LeaseKey.room(cellar), fence));
        node.ask("DEL", tag + "rooms");
        forgetRooms(store, 60_000);
        assertThat(Realm.await(store.knowsRoom(cellar))).isTrue();
        assertThat(node.ask("ZCARD", tag + "rooms").strip()).isEqualTo("2");
        assertThat(node.ask("HGET", tag + "meta", "rooms-indexed").strip()).isEqualTo("1");
        forgetRooms(store, 0);
        assertThat(Realm.await(store.knowsRoom(cellar))).isFalse();
        assertThat(Realm.await(store.knowsRoom(Realm.ROOM))).isTrue();
    }

    @Test
    void aKnownIdIsAnsweredFirstThenAFullOutboxAndOnlyThenWhatIsMissing() {
        Player ann = new Realm(store).open("ann", "gold", 1);
        for (int i = 0; i < OUTBOX_ROWS_MAX; i++) {
            Realm.await(store.transact(
                    TransactionDraft.transaction("full:" + i).event(Realm.EVENT).build()));
        }
        Goods tooMuch = Goods.of("gold", 1_000_000);
        assertThat(Realm.await(store.transact(TransactionDraft.transaction("full:0")
                                .leg(ann.id(), Mint.OPS, tooMuch)
                                .event(Realm.EVENT)
                                .build()))
                        .isRepeat())
                .isTrue();
        Transaction next = TransactionDraft.transaction("full:more")
                .leg(ann.id(), Mint.OPS, tooMuch)
                .remembersRefusal()
                .event(Realm.EVENT)
                .build();
        assertThatThrownBy(() -> Realm.await(store.transact(next))).hasCauseInstanceOf(StoreUnavailableException.class);
        assertThat(Realm.await(store.findOutcome(next.id()))).isEmpty();
    }

    /** What one transaction may have. */
    @Test
    void aStarterKitIsATransactionAndHasItsBounds() {
        List<String> items = Collections.nCopies(Transaction.GOODS_MAX, "bow");
        assertThat(Realm.await(store.openPlayer("rich", Goods.NONE, items, null, NOW))
                        .inventory()
                        .items())
                .hasSize(Transaction.GOODS_MAX);
        assertThatThrownBy(() -> Realm.await(store.openPlayer("richer", Goods.of("gold", 1), items, null, NOW)))
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("257 goods");
        assertThat(Realm.await(store.findPlayer("richer"))).isEmpty();
        assertThatThrownBy(() -> Realm.await(store.openPlayer("poor", Goods.of("gold", -1), List.of(), null, NOW)))
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(Realm.await(store.openPlayer("poor", Goods.of("gold", 0), List.of(), null, NOW))
                        .inventory()
                        .count("gold"))
                .isZero();
    }

    /** Redis' clock decides, and what it says about a room in use is never more than an hour old. */
    @Test
    void aRoomThatIsHeldIsUsedAsLongAsItsLeaseIsRenewed() throws Exception {
        String tag = "{realm" + realms.get() + "}:";
        LeaseKey hall = LeaseKey.room(Realm.ROOM);
        long fence = Realm.acquire(store, Realm.ROOM);
        long day = 86_400_000;
        long lately = System.currentTimeMillis() - 60_000;
        redis.ask("ZADD", tag + "rooms", Long.toString(lately), "hall");
        renew(hall, fence);
        assertThat(redis.ask("ZSCORE", tag + "rooms", "hall"))
                .as("not written at each renewal")
                .isEqualTo(Long.toString(lately));
        redis.ask("ZADD", tag + "rooms", Long.toString(lately - 29 * day), "hall");
        renew(hall, fence);
        assertThat(Long.parseLong(redis.ask("ZSCORE", tag + "rooms", "hall"))).isGreaterThan(lately);
        redis.ask("ZREM", tag + "rooms", "hall");
        renew(hall, fence);
        assertThat(Long.parseLong(redis.ask("ZSCORE", tag + "rooms", "hall")))
                .as("also when a fail-over has lost it")
                .isGreaterThan(lately);
        redis.ask("DEL", tag + "lease:room:hall");
        forgetRooms(store, day);
        assertThat(Realm.await(store.knowsRoom(Realm.ROOM)))
                .as("its server has crashed")
                .isTrue();
    }

    /** Its server was paused for so long that the room was forgotten; places and chat are gone. */
    @Test
    void theLeaseOfARoomThatWasForgottenIsLost() throws Exception {
        String tag = "{realm" + realms.get() + "}:";
        LeaseKey hall = LeaseKey.room(Realm.ROOM);
        long fence = Realm.acquire(store, Realm.ROOM);
        forgetRooms(store, 86_400_000); // all rooms are in the index from now on
        redis.ask("DEL", tag + "lease:room:hall");
        redis.ask("ZADD", tag + "rooms", "1", "hall");
        forgetRooms(store, 60_000);
        assertThat(redis.ask("HGET", tag + "meta", "floor")).isEqualTo(Long.toString(fence));
        Map<LeaseKey, Long> held = Map.of(hall, fence);
        assertThat(Realm.await(store.renewLeases(held, "test@127.0.0.1:1", 60_000)))
                .containsExactly(hall);
        assertThat(redis.ask("EXISTS", tag + "fence:room:hall")).isEqualTo("0");
        redis.ask("HSET", tag + "meta", "floor", Long.toString(fence - 1));
        renew(hall, fence);
        assertThat(redis.ask("GET", tag + "fence:room:hall"))
                .as("set again after a loss of data")
                .isEqualTo(Long.toString(fence));
    }

    private void renew(LeaseKey key, long fence) {
        assertThat(Realm.await(store.renewLeases(Map.of(key, fence), "test@127.0.0.1:1", 60_000)))
                .isEmpty();
    }

    private static void forgetRooms(Store store, long keptMillis) {
        int steps = 0;
        while (Realm.await(store.forgetRooms(keptMillis, System.currentTimeMillis(), 50))) {
            assertThat(steps++).isLessThan(10_000);
        }
    }

    @Test
    void aPageOfHoldingsEndsAfterThePlayerWithVeryManyItems() throws Exception {
        int items = 20_000;
        String key = "{realm" + realms.get() + "}:player:" + ann.id();
        int players = Realm.await(store.holdings(0, 100)).inventories().size();
        String script = "for i = 1001, 1000 + ARGV[1] do redis.call('HSET', KEYS[1], 'i:' .. i, 'bow') end return 1";
        redis.ask("EVAL", script, "1", key, Integer.toString(items));
        Holdings first = Realm.await(store.holdings(0, 100));
        assertThat(first.inventories()).containsOnlyKeys(ann.id());
        assertThat(first.isLast()).isFalse();
        Holdings rest = Realm.await(store.holdings(first.through(), 100));
        assertThat(rest.inventories()).hasSize(players - 1).doesNotContainKey(ann.id());
        assertThat(rest.isLast()).isTrue();
        redis.ask("EVAL", script.replace(", 'bow'", "").replace("HSET", "HDEL"), "1", key, Integer.toString(items));
    }

    static StoreSettings settings(String uri) {
        return new StoreSettings(
                StoreSettings.Kind.REDIS,
                Path.of("unused"),
                IN_FLIGHT_MAX,
                OUTBOX_ROWS_MAX,
                OUTBOX_BYTES_MAX,
                StoreSettings.OUTCOMES_KEPT_DAYS,
                new StoreSettings.Redis(uri, false, 30_000, 0));
    }
}
