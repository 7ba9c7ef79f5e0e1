package tavern.server.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tavern.server.store.Realm.EVENT;
import static tavern.server.store.Realm.NOW;
import static tavern.server.store.Realm.ROOM;
import static tavern.server.store.Realm.wish;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.Player;
import tavern.server.services.RedisProcess;
import tavern.server.store.ChatLine;
import tavern.server.store.DueRoom;
import tavern.server.store.FreezeAnswer;
import tavern.server.store.FreezeRow;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseKey;
import tavern.server.store.Leg;
import tavern.server.store.Realm;
import tavern.server.store.RoomTurn;
import tavern.server.store.SegmentDraft;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionDraft;

/** What somebody else wrote under our keys is named, and left as it is; nothing else is written either. */
final class ForeignValuesIT {
    private static int realms;

    @TempDir
    private static Path folder;

    private static RedisProcess redis;

    private String tag;
    private RedisStore store;
    private Realm realm;
    private Player ann;
    private Player bob;

    @BeforeAll
    static void startRedis() throws Exception {
        redis = RedisProcess.start(folder);
    }

    @AfterAll
    static void stopRedis() throws Exception {
        redis.close();
    }

    @BeforeEach
    void openRealm() {
        String name = "realm" + realms++;
        tag = "{" + name + "}:";
        store = RedisStore.open(RedisStoreIT.settings(redis.uri()), name, false);
        realm = new Realm(store);
        ann = realm.open("ann", "gold", 100);
        bob = realm.open("bob", "potion", 100);
    }

    @AfterEach
    void closeRealm() {
        store.close();
    }

    @Test
    void aNodeWhoseKeyNeverRunsOutIsNobodys() throws Exception {
        redis.ask("SET", tag + "node:one", "foreign");
        assertThat(Realm.await(store.holdNode("one", "self", "", 10_000))).isInstanceOf(LeaseAnswer.Granted.class);
        assertThat(Realm.await(store.holdNode("one", "other", "", 10_000))).isInstanceOf(LeaseAnswer.Held.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"player:1", "player:2", "outcomes:1888888", "entries", "outbox", "fence:room:hall"})
    void aKeyOfAnotherTypeStopsTradesAndIsNamed(String name) throws Exception {
        redis.ask("DEL", tag + name);
        redis.ask("SADD", tag + name, "foreign");
        String before = everything();
        assertNamed(realm.ask(wish(ann, bob, Goods.of("gold", 1), Goods.of("potion", 1)), EVENT), tag + name);
        assertThat(everything()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12x", "-5", "007", "1e3", "9223372036854775808", "99999999999999999999", "100 "})
    void aCountThatIsNoneStopsTradesAndIsNamed(String count) throws Exception {
        redis.ask("HSET", tag + "player:2", "s:potion", count);
        String before = everything();
        assertNamed(realm.ask(wish(ann, bob, Goods.of("gold", 1), Goods.of("potion", 1)), EVENT), tag + "player:2");
        assertThat(everything()).isEqualTo(before);
        assertNamed(store.findPlayer(bob.id()), tag + "player:2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a poem", "%zz 1 0 1 eve ::1 kick ann spam kicked", "0 x 0 1 eve ::1 kick ann spam kicked"})
    void anEntryOfTheAuditLogThatNoServerWroteIsNamed(String line) throws Exception {
        redis.ask("RPUSH", tag + "audit", line);
        assertNamed(store.audit(0, 10), tag + "audit");
        assertNamed(store.newestAudit(), tag + "audit");
    }

    @Test
    void anOutboxEntryAheadOfOursStopsTradesAndIsPassedOverByTheFeed() throws Exception {
        redis.ask("XADD", tag + "outbox", "5-1", "foreign", "entry");
        String before = everythingBut("entries");
        int entries = Realm.await(store.ledger("", 100)).size();
        assertNamed(realm.ask(wish(ann, bob, Goods.of("gold", 1), Goods.NONE), EVENT), tag + "outbox");
        assertThat(Realm.await(store.outbox(0, 10))).isEmpty();
        assertThat(Realm.await(store.ledger("", 100)))
                .as("its entry in the ledger was taken back")
                .hasSize(entries);
        // What is left of that entry is the stream's last id.
        assertThat(everythingBut("entries")).isEqualTo(before);
    }

    @Test
    void counterAndPlayerThatDoNotFitStopNewPlayers() throws Exception {
        redis.ask("HSET", tag + "meta", "player", "1");
        String before = everything();
        assertNamed(store.openPlayer("cleo", Goods.NONE, List.of("bow"), null, NOW), tag + "player:2");
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void aLedgerWhoseIdsAreUsedUpStopsTradesGrantsAndNewPlayersBeforeAnythingIsGiven() throws Exception {
        redis.ask("XADD", tag + "entries", "18446744073709551615-18446744073709551615", "foreign", "entry");
        String before = everything();
        assertNamed(realm.ask(wish(ann, bob, Goods.of("gold", 1), Goods.NONE), EVENT), tag + "entries");
        assertNamed(Realm.grant(store, ann.id(), Realm.stacks("gold", 1), "more", NOW), tag + "entries");
        assertNamed(store.openPlayer("cleo", Goods.of("gold", 1), List.of("bow"), null, NOW), tag + "entries");
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void otherKeysOfAnotherTypeAreNamedToo() throws Exception {
        for (String name : List.of("chat:hall", "position:hall", "lease:room:cellar", "outcome-times", "kept:1")) {
            redis.ask("DEL", tag + name);
            redis.ask("XADD", tag + name, "*", "foreign", "entry");
        }
        String before = everything();
        assertNamed(store.chat(ROOM, 10), tag + "chat:hall");
        assertNamed(
                store.appendChat(ROOM, realm.fence(), realm.fence(), List.of(new ChatLine("a", "b", 1)), 5),
                tag + "chat:hall");
        assertNamed(store.position(ROOM, ann.id()), tag + "position:hall");
        assertNamed(store.acquireLease(new LeaseKey("room:cellar"), "me", 1000), tag + "lease:room:cellar");
        assertNamed(Realm.grant(store, ann.id(), Realm.stacks("gold", 1), "more", NOW), tag + "outcome-times");
        Transaction put = TransactionDraft.transaction("put:1")
                .born(NOW)
                .put(ann.id(), "rank", "1", 0)
                .build();
        assertNamed(store.transact(put), tag + "kept:1");
        assertThat(everything()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fence:room:hall", "game:hall", "due-rooms"})
    void aKeyOfAnotherTypeStopsTurnsAndIsNamed(String name) throws Exception {
        Realm.await(store.transact(turn(0, false)));
        redis.ask("DEL", tag + name);
        redis.ask("SADD", tag + name, "foreign");
        String before = everything();
        assertNamed(store.transact(turn(1, false)), tag + name);
        assertNamed(store.transact(turn(1, true)), tag + name);
        if (name.equals("game:hall")) {
            assertNamed(store.game(ROOM), tag + name);
        }
        if (name.equals("due-rooms")) {
            assertNamed(store.dueRooms(NOW, 10), tag + name);
        }
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void roomsThatAreDueAreNotHiddenByEntriesThatAreNotOurs() throws Exception {
        Realm.await(store.transact(turn(0, false)));
        redis.ask("SADD", tag + "game:set", "foreign");
        redis.ask("HSET", tag + "game:half", "due", "5");
        redis.ask("HSET", tag + "game:soon", "type", "cards", "due", "soon");
        redis.ask("HSET", tag + "game:no name", "type", "cards", "due", "5");
        for (String room : List.of("set", "half", "soon", "missing")) {
            redis.ask("ZADD", tag + "due-rooms", "5", room);
        }
        redis.ask("ZADD", tag + "due-rooms", Long.toString(NOW + 1), "no name");
        String before = everything();
        assertThat(Realm.await(store.dueRooms(NOW, 1))).containsExactly(new DueRoom(ROOM, "cards", NOW));
        assertThat(Realm.await(store.dueRooms(NOW + 1, 10))).containsExactly(new DueRoom(ROOM, "cards", NOW));
        assertThat(everything()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "one", "-1", "01", "9223372036854775808"})
    void aRevisionThatIsNoneStopsTurnsAndIsNamed(String revision) throws Exception {
        Realm.await(store.transact(turn(0, false)));
        redis.ask("HSET", tag + "game:hall", "revision", revision);
        String before = everything();
        assertNamed(store.transact(turn(1, false)), tag + "game:hall");
        assertNamed(store.transact(turn(1, true)), tag + "game:hall");
        assertThat(everything()).isEqualTo(before);
    }

    private Transaction turn(long follows, boolean gives) {
        RoomTurn turn = new RoomTurn(ROOM, "cards", follows, follows + 1, new byte[] {1}, NOW);
        Leg leg = new Leg(new Mint("cards"), ann.id(), Goods.of("gold", 1), List.of());
        return Transaction.turn(turn, realm.fence(), gives ? List.of(leg) : List.of(), List.of(), List.of(), NOW);
    }

    @Test
    void freezesThatAreNotOursAreNamedAndLeftAlone() throws Exception {
        redis.ask("HSET", tag + "freezes", "version", "soon");
        String before = everything();
        assertNamed(store.freeze(new FreezeRow("CHAT", "EVERYWHERE", "", "why", NOW), 10, 0), tag + "freezes");
        assertNamed(store.freezesVersion(), tag + "freezes");
        assertThat(everything()).isEqualTo(before);
        redis.ask("HSET", tag + "freezes", "version", "7", "CHAT", "foreign");
        FreezeRow ours = new FreezeRow("CHAT", "EVERYWHERE", "", "why", NOW);
        assertThat(Realm.await(store.freeze(ours, 10, 0))).isEqualTo(FreezeAnswer.DONE);
        assertThat(Realm.await(store.freezes()).rows()).as("the others").containsExactly(ours);
    }

    @ParameterizedTest
    @ValueSource(strings = {"segments", "sealing", "sealing:0", "entries", "fence:archive"})
    void aKeyOfAnotherTypeStopsTheSealAndIsNamed(String key) throws Exception {
        long fence = RedisSegmentsIT.fence(store);
        SegmentDraft draft = SegmentDraft.next(store, 10);
        redis.ask("DEL", tag + key);
        redis.ask("SADD", tag + key, "foreign");
        String before = everything();
        boolean isOfEntries = key.equals("entries");
        assertNamed(
                isOfEntries ? store.removeEntries(fence, 1, 0, NOW, 10) : store.prepare(fence, 1, draft.rows()),
                tag + key);
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void aBucketOfTheCheckpointOfAnotherTypeKeepsItsRowsAside() throws Exception {
        long fence = RedisSegmentsIT.fence(store);
        SegmentDraft draft = SegmentDraft.next(store, 10);
        assertThat(draft.prepare(store, fence)).isTrue();
        assertThat(draft.seal(store, fence)).isTrue();
        redis.ask("SADD", tag + "checkpoint:0", "foreign");
        assertNamed(store.tidy(fence, 500), tag + "checkpoint:0");
        assertThat(redis.ask("HLEN", tag + "sealing:0")).isEqualTo("2");
        assertNamed(store.checkpoint("", 10), tag + "checkpoint:0");
        redis.ask("DEL", tag + "checkpoint:0");
        SegmentDraft.tidy(store, fence);
        assertThat(SegmentDraft.allRows(store)).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a poem", "1 2 3"})
    void aRecordOfASegmentThatNoServerWroteIsNamed(String record) throws Exception {
        long fence = RedisSegmentsIT.fence(store);
        SegmentDraft.sealNext(store, fence, 1);
        SegmentDraft next = SegmentDraft.next(store, 10);
        assertThat(next.prepare(store, fence)).isTrue();
        redis.ask("HSET", tag + "segments", "1", record);
        String before = everything();
        assertNamed(store.segments(0, 10), tag + "segments");
        assertNamed(store.newestSegment(), tag + "segments");
        assertNamed(store.seal(fence, next.segment()), tag + "segments");
        assertNamed(store.removeEntries(fence, 1, 0, NOW + 1, 10), tag + "segments");
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void anAuditFindsAndNamesWhatDoesNotAddUp() throws Exception {
        long bow = realm.item(ann, "bow");
        redis.ask("HINCRBY", tag + "player:1", "s:gold", "1");
        redis.ask("HDEL", tag + "player:1", "i:" + bow);
        redis.ask("HSET", tag + "player:2", "i:" + bow, "bow");
        assertThat(Realm.check(store).differences())
                .anyMatch(text -> text.contains("player 1 has 101 gold, the ledger says 100"))
                .anyMatch(text -> text.contains("player 1 has not got item " + bow + ", the ledger says as bow"))
                .anyMatch(text -> text.contains("player 2 has item " + bow + " as bow, the ledger says nothing of it"));
    }

    /** Of the realm, as bytes. */
    private String everything() throws Exception {
        return everythingBut("");
    }

    private String everythingBut(String name) throws Exception {
        StringBuilder dump = new StringBuilder();
        for (String key : redis.ask("KEYS", tag + "*").lines().sorted().toList()) {
            if (key.equals(tag + name)) {
                continue;
            }
            dump.append(key).append(' ').append(redis.ask("DUMP", key)).append('\n');
        }
        return dump.toString();
    }

    private static void assertNamed(CompletionStage<?> stage, String key) {
        assertThatThrownBy(() -> Realm.await(stage))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining(key)
                .hasMessageContaining("nothing was overwritten");
    }
}
