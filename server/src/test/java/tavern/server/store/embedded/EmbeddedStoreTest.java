package tavern.server.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tavern.server.store.Realm.EVENT;
import static tavern.server.store.Realm.NOW;
import static tavern.server.store.Realm.ROOM;
import static tavern.server.store.Realm.await;
import static tavern.server.store.Realm.wish;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Inventory;
import tavern.server.game.Position;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.store.ChatLine;
import tavern.server.store.ForeignValueException;
import tavern.server.store.Holdings;
import tavern.server.store.IdTooNewException;
import tavern.server.store.LeaseKey;
import tavern.server.store.OutboxRow;
import tavern.server.store.OutcomeForgottenException;
import tavern.server.store.PlayerPosition;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.StoreContract;
import tavern.server.store.StoreSettings;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionDraft;
import tavern.server.store.TransactionId;
import tavern.server.store.TransactionResult;

final class EmbeddedStoreTest extends StoreContract {
    @TempDir
    private Path folder;

    @Override
    protected Store open() {
        return EmbeddedStore.open(new StoreSettings(
                StoreSettings.Kind.EMBEDDED,
                folder,
                IN_FLIGHT_MAX,
                OUTBOX_ROWS_MAX,
                OUTBOX_BYTES_MAX,
                StoreSettings.OUTCOMES_KEPT_DAYS,
                StoreSettings.Redis.DEFAULT));
    }

    /** A thousand in each transaction: the disk is not what is tested. */
    @Override
    protected void useMadeUpRooms() {
        for (int from = 0; from < madeUpRooms(); from += 1_000) {
            int first = from;
            await(((EmbeddedStore) store).write(session -> {
                for (int i = first; i < first + 1_000; i++) {
                    session.fences().raise(LeaseKey.room(new RoomId("made-up-" + i)), NOW);
                }
            }));
        }
    }

    @Override
    protected long roomTraces() throws SQLException {
        try (Connection connection = new Database(folder).openToRead();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT (SELECT count(*) FROM fence WHERE lease <> 'room:hall')"
                        + " + (SELECT count(*) FROM position) + (SELECT count(*) FROM chat_block)"
                        + " + (SELECT count(*) FROM game_room)")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    protected Store reopened(Store open) {
        open.close();
        return open();
    }

    @Test
    void everythingIsThereAfterReopening() {
        Inventory before = realm.inventory(bob);
        SettledTrade settled = await(realm.ask(wish(ann, bob, Goods.of("gold", 30), Goods.of("potion", 3)), EVENT));
        long item = realm.item(ann, "bow");
        store.close();
        store = open();
        assertThat(Realm.acquire(store, ROOM)).isGreaterThan(realm.fence());
        realm = new Realm(store);
        assertThat(await(Realm.findTrade(store, settled.id())).orElseThrow().outcome())
                .isEqualTo(TradeOutcome.COMMITTED);
        assertThat(realm.inventory(bob)).isEqualTo(before.after(Objects.requireNonNull(settled.partnerChange())));
        assertThat(store.stats().outboxRows()).isEqualTo(1);
        assertThat(realm.item(ann, "bow")).isGreaterThan(item);
        assertThat(await(((EmbeddedStore) store).integrityCheck())).isEmpty();
    }

    /** Then only the last fence keeps them growing and, when its room is forgotten, the floor. */
    @Test
    void fencesGrowThoughTheClockGoesBack() {
        AtomicLong millis = new AtomicLong(NOW);
        RoomId cellar = new RoomId("cellar");
        try (EmbeddedStore other = EmbeddedStore.open(
                StoreSettings.embedded(folder.resolve("other"), 100, 100), () -> Instant.ofEpochMilli(millis.get()))) {
            long fence = Realm.acquire(other, cellar);
            assertThat(fence).isEqualTo(NOW * 1_000);
            millis.addAndGet(-86_400_000);
            assertThat(Realm.acquire(other, cellar)).isEqualTo(fence + 1);
            await(other.releaseLease(LeaseKey.room(cellar), fence + 1));
            millis.set(NOW);
            await(other.forgetRooms(0, NOW, 100));
            assertThat(await(other.knowsRoom(cellar))).isFalse();
            millis.addAndGet(-86_400_000);
            assertThat(Realm.acquire(other, cellar)).isEqualTo(fence + 2);
        }
    }

    @Test
    void whatWasAskedForBeforeCloseIsDoneAndWhatComesAfterIsRefused() {
        List<CompletionStage<TransactionResult>> asked = IntStream.range(0, 100)
                .mapToObj(i -> store.transact(
                        TransactionDraft.transaction("asked:" + i).build()))
                .toList();
        store.close();
        assertThat(asked)
                .allSatisfy(stage -> assertThat(stage.toCompletableFuture()).isCompleted());
        assertThatThrownBy(() -> Realm.acquire(store, ROOM))
                .hasCauseInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("closed");
        store = open();
        assertThat(await(store.findOutcome(
                        asked.get(99).toCompletableFuture().join().id())))
                .isPresent();
    }

    @Test
    void anIdFromFarAheadOfTheClockIsRefusedUnlessItIsKnown() {
        long now = System.currentTimeMillis();
        long soon = now + Transaction.BORN_AHEAD_MILLIS_MAX - 60_000;
        long late = now + Transaction.BORN_AHEAD_MILLIS_MAX + 60_000;
        assertThat(await(store.transact(dated("id:soon", soon).build())).isCommitted())
                .isTrue();
        assertThatThrownBy(() -> await(store.transact(dated("id:late", late).build())))
                .hasCauseInstanceOf(IdTooNewException.class)
                .hasMessageContaining("ahead of the store's clock");
        // The clock was set back after it was carried out, and before the answer arrived.
        Transaction known = dated("id:known", late).build();
        await(((EmbeddedStore) store)
                .write(session ->
                        session.execute("INSERT INTO outcome (born_ms, id, at_ms, reason, at_index, text, memo)"
                                + " VALUES (" + late + ", '" + known.id() + "', 0, 0, 0, '', x'')")));
        assertThat(await(store.transact(known)).isRepeat()).isTrue();
    }

    @Test
    void aRowOfTheOutboxThatCannotBeReadIsNamed() {
        await(realm.ask(wish(ann, bob, Goods.of("gold", 1), Goods.NONE), EVENT));
        OutboxRow row = await(store.outbox(0, 10)).get(0);
        await(((EmbeddedStore) store).write(session -> session.execute("UPDATE outbox SET legs = 'broken 1'")));
        assertThatThrownBy(() -> await(store.outbox(0, 10)))
                .hasCauseInstanceOf(ForeignValueException.class)
                .hasMessageContaining("row " + row.sequence() + " of outbox (" + row.messageId() + ")");
    }

    /** A step ends in the middle of a millisecond: what is left of it is not answered in one way and refused in another. */
    @Test
    void anOutcomeThatIsLeftBelowTheLineIsNotFoundEither() {
        List<TransactionId> ids = IntStream.range(0, 4)
                .mapToObj(i ->
                        await(store.transact(dated("same:" + i, NOW).build())).id())
                .toList();
        assertThat(await(store.forgetOutcomes(0, System.currentTimeMillis(), 1)))
                .isTrue();
        assertThat(ids).allSatisfy(id -> {
            assertThat(await(store.findOutcome(id))).isEmpty();
            assertThatThrownBy(() -> await(
                            store.transact(TransactionDraft.transaction(id).build())))
                    .hasCauseInstanceOf(OutcomeForgottenException.class);
        });
    }

    @Test
    void noPlayerComesIntoBeingWithoutTheKit() {
        long next = bob.id().value() + 1;
        await(((EmbeddedStore) store)
                .write(session ->
                        session.execute("INSERT INTO outcome (born_ms, id, at_ms, reason, at_index, text, memo)"
                                + " VALUES (0, 'starter:" + next + "', 0, 0, 0, '', x'')")));
        assertThatThrownBy(() -> await(store.openPlayer("cleo", Goods.of("gold", 5), List.of(), null, NOW)))
                .hasMessageContaining("starter kit");
        assertThat(await(store.findPlayer("cleo"))).isEmpty();
    }

    @Test
    void anOperationThatFailsTakesOnlyItselfBack() {
        EmbeddedStore embedded = (EmbeddedStore) store;
        Settlement before = wish(ann, bob, Goods.of("gold", 1), Goods.NONE);
        Settlement after = wish(ann, bob, Goods.of("gold", 2), Goods.NONE);
        // All of this waits behind the first, so that it shares a transaction.
        CompletionStage<Void> slow = embedded.write(session -> {
            session.execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000)"
                    + " SELECT max(i) FROM n ORDER BY 1");
        });
        CompletionStage<SettledTrade> first = realm.ask(before, EVENT);
        CompletionStage<Void> sql = embedded.write(session -> {
            session.execute("UPDATE balance SET count = count + 1000");
            session.execute("UPDATE balance SET count = -1");
        });
        CompletionStage<Void> bug = embedded.write(session -> {
            session.execute("UPDATE balance SET count = count + 1000");
            throw new IllegalStateException("a bug");
        });
        CompletionStage<SettledTrade> second = realm.ask(after, EVENT);
        await(slow);
        assertThat(await(first).outcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThatThrownBy(() -> await(sql)).hasMessageContaining("CHECK");
        assertThatThrownBy(() -> await(bug)).hasMessageContaining("a bug");
        assertThat(await(second).outcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(97);
        assertThat(await(store.outbox(0, 10))).hasSize(2);
        assertThat(store.stats().outboxRows()).isEqualTo(2);
    }

    @Test
    void aPlayerWhoExistsIsOpenedWithoutTheWriter() {
        CompletableFuture<Void> busy = new CompletableFuture<>();
        CompletionStage<Void> write = ((EmbeddedStore) store).write(session -> busy.join());
        Player opened =
                await(store.openPlayer("ann", Goods.NONE, List.of(), null, NOW)).player();
        busy.complete(null);
        await(write);
        assertThat(opened).isEqualTo(ann);
    }

    /** Between the players' numbers, above them and below. */
    @Test
    void anItemWhoseOwnerDoesNotExistIsNamed() {
        EmbeddedStore embedded = (EmbeddedStore) store;
        tamper(embedded, "INSERT INTO player (id, name, created_ms) VALUES (9, 'zoe', 0)");
        tamper(embedded, "INSERT INTO account (id, version, puts) VALUES (9, 0, 0)");
        tamper(embedded, "INSERT INTO item (id, kind, owner) VALUES (71, 'bow', 5), (72, 'bow', 99), (73, 'bow', -1)");
        assertThat(Realm.check(store).differences())
                .anyMatch(text -> text.contains("item 71 (bow) belongs to player 5, who does not exist"))
                .anyMatch(text -> text.contains("item 72 (bow) belongs to player 99, who does not exist"))
                .anyMatch(text -> text.contains("item 73 (bow) belongs to player -1, who does not exist"));
        tamper(embedded, "DELETE FROM item WHERE id > 70");
        tamper(embedded, "DELETE FROM account WHERE id = 9");
        tamper(embedded, "DELETE FROM player WHERE id = 9");
    }

    @Test
    void aTradeThatStandsTwiceInTheLedgerAndAnEntryThatIsMissingAreNamed() {
        EmbeddedStore embedded = (EmbeddedStore) store;
        realm.settle(wish(ann, bob, Goods.of("gold", 3), Goods.NONE));
        realm.settle(wish(bob, ann, Goods.of("gold", 3), Goods.NONE));
        assertThat(Realm.check(store).differences()).isEmpty();
        tamper(
                embedded,
                "INSERT INTO entry (position, id, fence, at_ms, legs) SELECT 99, id, fence, at_ms, '1>2|gold=1;2>1|gold=1'"
                        + " FROM entry WHERE id GLOB 'trade:*' LIMIT 1");
        assertThat(Realm.check(store).differences())
                .hasSize(2)
                .anyMatch(text -> text.matches("entry 99 repeats trade:1-.*"))
                .anyMatch(text -> text.matches("entries are missing between [0-9]+ and 99"));
        tamper(embedded, "DELETE FROM entry WHERE position = 99");
    }

    @Test
    void aPageOfHoldingsEndsAfterThePlayerWithVeryManyItems() {
        EmbeddedStore embedded = (EmbeddedStore) store;
        long before = await(store.holdings(0, 100)).inventories().size();
        tamper(
                embedded,
                "WITH RECURSIVE n (i) AS (VALUES (1001) UNION ALL SELECT i + 1 FROM n WHERE i < 1000 + "
                        + LedgerSession.ROWS_MAX + ") INSERT INTO item (id, kind, owner) SELECT i, 'bow', 1 FROM n");
        Holdings first = await(store.holdings(0, 100));
        assertThat(first.inventories()).containsOnlyKeys(ann.id());
        assertThat(Objects.requireNonNull(first.inventories().get(ann.id())).items())
                .hasSize(LedgerSession.ROWS_MAX);
        assertThat(first.isLast()).isFalse();
        assertThat(first.through()).isEqualTo(ann.id().value());
        Holdings rest = await(store.holdings(first.through(), 100));
        assertThat(rest.inventories()).hasSize((int) before - 1).doesNotContainKey(ann.id());
        assertThat(rest.isLast()).isTrue();
        tamper(embedded, "DELETE FROM item WHERE id > 1000");
    }

    @Test
    void anItemThatGoesIntoAMintLeavesNoRowAndItsIdIsNotUsedAgain() throws Exception {
        long bow = realm.item(ann, "bow");
        await(store.transact(TransactionDraft.transaction("burn:1")
                .leg(ann.id(), new Mint("forge"), Goods.ofItem(bow))
                .build()));
        try (Connection connection = new Database(folder).openToRead();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM item WHERE id = " + bow)) {
            assertThat(row.getLong(1)).isZero();
        }
        store.close();
        store = open();
        realm = new Realm(store);
        assertThat(realm.item(ann, "bow")).isEqualTo(bow + 1);
        assertThat(await(store.transact(TransactionDraft.transaction("burn:2")
                                .leg(ann.id(), new Mint("forge"), Goods.ofItem(bow))
                                .build()))
                        .isCommitted())
                .isFalse();
    }

    @Test
    void itemsThatEarlierServersKeptForNobodyAreRemoved() {
        EmbeddedStore embedded = (EmbeddedStore) store;
        tamper(
                embedded,
                "WITH RECURSIVE n (i) AS (VALUES (1001) UNION ALL SELECT i + 1 FROM n WHERE i < 2000 + "
                        + LedgerTakeover.STEP + ") INSERT INTO item (id, kind, owner) SELECT i, 'bow', 0 FROM n");
        store.close();
        store = open();
        realm = new Realm(store);
        assertThat(await(store.holdings(0, 100)).unreadable()).isEmpty();
    }

    @Test
    void aDifferenceIsFoundAndNamed() {
        EmbeddedStore embedded = (EmbeddedStore) store;
        long item = realm.item(await(store.findPlayer("ann")).orElseThrow().player(), "bow");
        tamper(embedded, "UPDATE balance SET count = 101 WHERE kind = 'gold'");
        tamper(embedded, "UPDATE item SET owner = 2 WHERE id = " + item);
        tamper(embedded, "UPDATE entry SET legs = replace(legs, 'potion=10', 'potion=9')");
        List<String> differences = Realm.check(store).differences();
        assertThat(differences).anyMatch(text -> text.contains("has 101 gold, the ledger says 100"));
        assertThat(differences)
                .anyMatch(
                        text -> text.contains("player 2 has item " + item + " as bow, the ledger says nothing of it"));
        assertThat(differences).anyMatch(text -> text.contains("has 10 potion, the ledger says 9"));
        tamper(embedded, "UPDATE balance SET count = 100 WHERE kind = 'gold'");
        tamper(embedded, "UPDATE item SET owner = 1 WHERE id = " + item);
        tamper(embedded, "UPDATE entry SET legs = replace(legs, 'potion=9', 'potion=10')");
    }

    @Test
    void whatIsWrongWithTheLedgerItselfIsFoundAndNamed() {
        EmbeddedStore embedded = (EmbeddedStore) store;
        long bow = realm.item(ann, "bow");
        long key = realm.item(bob, "key");
        realm.settle(wish(ann, bob, Goods.ofItem(bow), Goods.of("potion", 3)));
        tamper(embedded, "DELETE FROM item WHERE id = " + key);
        tamper(embedded, "UPDATE entry SET legs = replace(legs, '#" + bow + ":bow', '#" + bow + ":sword')");
        tamper(embedded, "UPDATE entry SET legs = replace(legs, 'potion=3', 'potion=30')");
        tamper(
                embedded,
                "INSERT INTO entry (position, id, fence, at_ms, legs) VALUES (99, 'twice:1', 0, 1, 'mint:ops>1|+" + key
                        + ":key')");
        assertThat(Realm.check(store).differences())
                .anyMatch(text -> text.contains("moves item " + bow + " as sword of 1, and it was bow of 1"))
                .anyMatch(text -> text.contains("leaves player 2 with -20 potion"))
                .anyMatch(text -> text.contains("entry twice:1 makes item " + key + ", which was made before"))
                .anyMatch(text -> text.contains("player 1 has not got item " + key + ", the ledger says as key"))
                .anyMatch(text -> text.contains("player 2 has item " + bow + " as bow, the ledger says as sword"));
        tamper(embedded, "DELETE FROM entry WHERE position = 99");
        tamper(embedded, "INSERT INTO item (id, kind, owner) VALUES (" + key + ", 'key', 2)");
        tamper(embedded, "UPDATE entry SET legs = replace(legs, '#" + bow + ":sword', '#" + bow + ":bow')");
        tamper(embedded, "UPDATE entry SET legs = replace(legs, 'potion=30', 'potion=3')");
    }

    @Test
    void theLedgerIsReadableInSqlLineByLine() throws Exception {
        long bow = realm.item(bob, "bow");
        TransactionDraft wish = TransactionDraft.transaction("craft:1")
                .leg(ann.id(), bob.id(), Goods.of("gold", 30))
                .leg(bob.id(), ann.id(), new Goods(new TreeMap<>(Map.of("potion", 2L)), new TreeSet<>(Set.of(bow))))
                .leg(new Mint("forge"), ann.id(), Goods.of("pearl", 1), "key");
        await(store.transact(wish.build()));
        List<String> lines = new ArrayList<>();
        try (Connection connection = new Database(folder).openToRead();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT account || ' ' || kind || ' ' || (item > 0) || ' ' || delta"
                                + " FROM ledger WHERE entry = 'craft:1'")) {
            while (row.next()) {
                lines.add(row.getString(1));
            }
        }
        assertThat(lines)
                .containsExactlyInAnyOrder(
                        "1 gold 0 -30",
                        "2 gold 0 30",
                        "2 potion 0 -2",
                        "1 potion 0 2",
                        "2 bow 1 -1",
                        "1 bow 1 1",
                        "0 pearl 0 -1",
                        "1 pearl 0 1",
                        "0 key 1 -1",
                        "1 key 1 1");
    }

    @Test
    void aFullDiskFailsTradesLosesNothingAndIsOverWhenThereIsRoom() {
        EmbeddedStore embedded = (EmbeddedStore) store;
        await(embedded.limitPages(1));
        int committed = 0;
        Throwable failure = null;
        while (failure == null && committed < 5000) {
            Settlement wish = wish(ann, bob, Goods.of(committed % 2 == 0 ? "gold" : "nothing", 1), Goods.NONE);
            failure = await(realm.ask(wish, null).handle((done, reason) -> reason));
            committed++;
        }
        assertThat(failure).hasCauseInstanceOf(StoreUnavailableException.class).hasMessageContaining("full");
        assertThat(store.stats().available()).isFalse();
        assertThat(Realm.check(store).differences()).isEmpty();
        await(embedded.limitPages(0));
        assertThat(realm.settle(wish(bob, ann, Goods.of("potion", 1), Goods.NONE))
                        .outcome())
                .isEqualTo(TradeOutcome.COMMITTED);
        assertThat(store.stats().available()).isTrue();
        assertThat(await(embedded.integrityCheck())).isEmpty();
    }

    @Test
    void whereChatEndsIsKnownAfterReopening() {
        long first = realm.fence();
        await(store.appendChat(ROOM, first, first, said("a", "b", "c"), 3));
        store.close();
        store = open();
        await(store.appendChat(ROOM, first, first + 1, said("x", "x", "d", "e"), 3));
        assertThat(await(store.chat(ROOM, 3)).lines()).isEqualTo(said("c", "d", "e"));
        // Blocks of three and two lines: only together are they more than is kept.
        assertThat(await(store.chat(ROOM, 10)).lines()).isEqualTo(said("a", "b", "c", "d", "e"));
        await(store.appendChat(ROOM, first, first + 5, said("f"), 3));
        assertThat(await(store.chat(ROOM, 10)).lines()).isEqualTo(said("d", "e", "f"));
    }

    @Test
    void chatOfATransactionThatWasTakenBackIsAppendedWhenItComesAgain() {
        EmbeddedStore embedded = (EmbeddedStore) store;
        long first = realm.fence();
        await(store.appendChat(ROOM, first, first, said("a"), 10));
        assertThatThrownBy(() -> await(embedded.write(session -> {
                    session.rooms().appendChat(ROOM, first, first + 1, said("b", "c"), 10);
                    throw new IllegalStateException("a bug");
                })))
                .hasMessageContaining("a bug");
        assertThat(await(store.chat(ROOM, 10)).lines()).isEqualTo(said("a"));
        await(store.appendChat(ROOM, first, first + 1, said("b", "c"), 10));
        assertThat(await(store.chat(ROOM, 10)).lines()).isEqualTo(said("a", "b", "c"));
    }

    @Test
    void chatThatIsBrokenInTheFileIsNamedAndOtherRoomsAreNotConcerned() {
        EmbeddedStore embedded = (EmbeddedStore) store;
        RoomId other = new RoomId("cellar");
        long fence = Realm.acquire(store, other);
        await(store.appendChat(other, fence, fence, said("elsewhere"), 10));
        await(store.appendChat(ROOM, realm.fence(), realm.fence(), said("a", "b"), 10));
        String last = Long.toString(realm.fence() + 1);
        tamper(embedded, "UPDATE chat_block SET content = substr(content, 1, length(content) - 3) WHERE room = 'hall'");
        assertThatThrownBy(() -> await(store.chat(ROOM, 10)))
                .hasMessageContainingAll("room hall", "block " + last, "line 2 of 2", "chat_block");
        tamper(embedded, "UPDATE chat_block SET content = x'' WHERE room = 'hall'");
        assertThatThrownBy(() -> await(store.chat(ROOM, 10))).hasMessageContaining("0 lines instead of 2");
        assertThat(await(store.chat(other, 10)).lines()).isEqualTo(said("elsewhere"));
        // It can be written to, and what pushes the broken block out of it heals it.
        String[] more = IntStream.range(0, 10).mapToObj(i -> "line " + i).toArray(String[]::new);
        await(store.appendChat(ROOM, realm.fence(), realm.fence() + 2, said(more), 10));
        assertThat(await(store.chat(ROOM, 10)).lines()).isEqualTo(said(more));
    }

    @Test
    void placesOfOnePlayerInOneTransactionAreWrittenInTheirOrder() {
        EmbeddedStore embedded = (EmbeddedStore) store;
        await(embedded.write(session -> {
            for (int x = 1; x <= 70; x++) {
                session.rooms()
                        .savePositions(
                                ROOM,
                                realm.fence(),
                                List.of(
                                        new PlayerPosition(new PlayerId(7), new Position(x, -x)),
                                        new PlayerPosition(new PlayerId(100 + x), new Position(x, x))));
            }
        }));
        assertThat(await(store.position(ROOM, new PlayerId(7)))).contains(new Position(70, -70));
        assertThat(await(store.position(ROOM, new PlayerId(101)))).contains(new Position(1, 1));
        assertThat(await(store.position(ROOM, new PlayerId(170)))).contains(new Position(70, 70));
    }

    private static List<ChatLine> said(String... texts) {
        return Stream.of(texts).map(text -> new ChatLine("ann", text, NOW)).toList();
    }

    private static void tamper(EmbeddedStore store, String sql) {
        await(store.write(session -> session.execute(sql)));
    }
}
