package tavern.server.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tavern.server.store.Realm.EVENT;
import static tavern.server.store.Realm.NOW;
import static tavern.server.store.Realm.ROOM;
import static tavern.server.store.Realm.await;
import static tavern.server.store.Realm.wish;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Goods;
import tavern.server.game.Player;
import tavern.server.game.PlayerId;
import tavern.server.game.Position;
import tavern.server.game.RoomId;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.store.ChatLine;
import tavern.server.store.PlayerPosition;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.StoreContract;
import tavern.server.store.StoreSettings;
import tavern.server.store.StoreUnavailableException;

final class EmbeddedStoreTest extends StoreContract {
    @TempDir
    private Path folder;

    @Override
    protected Store open() {
        return EmbeddedStore.open(StoreSettings.embedded(folder, IN_FLIGHT_MAX, OUTBOX_ROWS_MAX));
    }

    @Test
    void everythingIsThereAfterReopening() {
        Player ann = await(store.findPlayer("ann")).orElseThrow().player();
        Player bob = await(store.findPlayer("bob")).orElseThrow().player();
        SettledTrade settled = await(realm.ask(wish(ann, bob, Goods.of("gold", 30), Goods.of("potion", 3)), EVENT));
        long item = realm.item(ann, "bow");
        store.close();
        store = open();
        assertThat(Realm.acquire(store, ROOM, 1)).isEqualTo(realm.fence() + 1);
        realm = new Realm(store);
        assertThat(await(store.findTrade(settled.id())).orElseThrow().outcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThat(realm.inventory(bob)).isEqualTo(settled.partnerAfter());
        assertThat(store.stats().outboxRows()).isEqualTo(1);
        assertThat(realm.item(ann, "bow")).isGreaterThan(item);
        assertThat(await(((EmbeddedStore) store).integrityCheck())).isEmpty();
    }

    @Test
    void whatWasAskedForBeforeCloseIsDoneAndWhatComesAfterIsRefused() {
        List<CompletionStage<Player>> asked = IntStream.range(0, 100)
                .mapToObj(i ->
                        store.openPlayer("p" + i, Goods.NONE, List.of(), NOW).thenApply(record -> record.player()))
                .toList();
        store.close();
        assertThat(asked)
                .allSatisfy(stage -> assertThat(stage.toCompletableFuture()).isCompleted());
        assertThatThrownBy(() -> Realm.acquire(store, ROOM, NOW))
                .hasCauseInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("closed");
        store = open();
        assertThat(await(store.findPlayer("p99"))).isPresent();
    }

    @Test
    void anOperationThatFailsTakesOnlyItselfBack() {
        EmbeddedStore embedded = (EmbeddedStore) store;
        Player ann = await(store.findPlayer("ann")).orElseThrow().player();
        Player bob = await(store.findPlayer("bob")).orElseThrow().player();
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
    void aDifferenceIsFoundAndNamed() {
        EmbeddedStore embedded = (EmbeddedStore) store;
        long item = realm.item(await(store.findPlayer("ann")).orElseThrow().player(), "bow");
        tamper(embedded, "UPDATE balance SET count = 101 WHERE kind = 'gold'");
        tamper(embedded, "UPDATE item SET owner = 2 WHERE id = " + item);
        tamper(embedded, "UPDATE ledger_line SET delta = 5 WHERE kind = 'potion' AND account = 0");
        List<String> differences = await(store.checkConservation()).differences();
        assertThat(differences).anyMatch(text -> text.contains("has 101 gold, the ledger says 100"));
        assertThat(differences).anyMatch(text -> text.contains("item " + item + " belongs to 2"));
        assertThat(differences).anyMatch(text -> text.contains("does not sum to zero in potion"));
        tamper(embedded, "UPDATE balance SET count = 100 WHERE kind = 'gold'");
        tamper(embedded, "UPDATE item SET owner = 1 WHERE id = " + item);
        tamper(embedded, "UPDATE ledger_line SET delta = -10 WHERE kind = 'potion' AND account = 0");
    }

    @Test
    void aTradeThatTheBookDoesNotExplainOrItsIdDoesNotFindIsNamed() {
        Player ann = await(store.findPlayer("ann")).orElseThrow().player();
        Player bob = await(store.findPlayer("bob")).orElseThrow().player();
        realm.settle(wish(ann, bob, Goods.of("gold", 1), Goods.NONE));
        EmbeddedStore embedded = (EmbeddedStore) store;
        tamper(embedded, "UPDATE trade SET outcome = 2");
        tamper(embedded, "UPDATE trade_slot SET trade = 7");
        assertThat(await(store.checkConservation()).differences())
                .containsExactlyInAnyOrder(
                        "trade number 1 moved goods and did not commit", "trade number 1 is not found by its id");
        tamper(embedded, "UPDATE trade SET outcome = 1");
        tamper(embedded, "UPDATE trade_slot SET trade = 1");
    }

    @Test
    void twoIdsOfOneSlotAreTwoTrades() {
        Player ann = await(store.findPlayer("ann")).orElseThrow().player();
        Player bob = await(store.findPlayer("bob")).orElseThrow().player();
        Settlement first = wish(ann, bob, Goods.of("gold", 1), Goods.NONE);
        Settlement second = wish(ann, bob, Goods.of("gold", 2), Goods.NONE);
        realm.settle(first);
        // As if the second's hash were the first's.
        String slot = Long.toString(TradeSlots.first(second.id()));
        tamper((EmbeddedStore) store, "UPDATE trade_slot SET slot = " + slot);
        assertThat(realm.settle(second).outcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThat(realm.settle(second).proposerAfter()).isNull();
        assertThat(await(store.findTrade(second.id())).orElseThrow().terms()).isEqualTo(second.terms());
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(97);
    }

    @Test
    void aFullDiskFailsTradesLosesNothingAndIsOverWhenThereIsRoom() {
        EmbeddedStore embedded = (EmbeddedStore) store;
        Player ann = await(store.findPlayer("ann")).orElseThrow().player();
        Player bob = await(store.findPlayer("bob")).orElseThrow().player();
        await(embedded.limitPages(1));
        int committed = 0;
        Throwable failure = null;
        while (failure == null && committed < 5000) {
            Settlement wish = wish(ann, bob, Goods.of(committed % 2 == 0 ? "gold" : "nothing", 1), Goods.NONE);
            failure = await(realm.ask(wish, null).handle((done, reason) -> reason));
            committed++;
        }
        assertThat(failure).isInstanceOf(StoreUnavailableException.class).hasMessageContaining("full");
        assertThat(store.stats().available()).isFalse();
        assertThat(await(store.checkConservation()).differences()).isEmpty();
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
        assertThat(await(store.chat(ROOM, 3))).isEqualTo(said("c", "d", "e"));
        // Blocks of three and two lines: only together are they more than is kept.
        assertThat(await(store.chat(ROOM, 10))).isEqualTo(said("a", "b", "c", "d", "e"));
        await(store.appendChat(ROOM, first, first + 5, said("f"), 3));
        assertThat(await(store.chat(ROOM, 10))).isEqualTo(said("d", "e", "f"));
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
        assertThat(await(store.chat(ROOM, 10))).isEqualTo(said("a"));
        await(store.appendChat(ROOM, first, first + 1, said("b", "c"), 10));
        assertThat(await(store.chat(ROOM, 10))).isEqualTo(said("a", "b", "c"));
    }

    @Test
    void chatThatIsBrokenInTheFileIsNamedAndOtherRoomsAreNotConcerned() {
        EmbeddedStore embedded = (EmbeddedStore) store;
        RoomId other = new RoomId("cellar");
        long fence = Realm.acquire(store, other, NOW);
        await(store.appendChat(other, fence, fence, said("elsewhere"), 10));
        await(store.appendChat(ROOM, realm.fence(), realm.fence(), said("a", "b"), 10));
        String last = Long.toString(realm.fence() + 1);
        tamper(embedded, "UPDATE chat_block SET content = substr(content, 1, length(content) - 3) WHERE room = 'hall'");
        assertThatThrownBy(() -> await(store.chat(ROOM, 10)))
                .hasMessageContainingAll("room hall", "block " + last, "line 2 of 2", "chat_block");
        tamper(embedded, "UPDATE chat_block SET content = x'' WHERE room = 'hall'");
        assertThatThrownBy(() -> await(store.chat(ROOM, 10))).hasMessageContaining("0 lines instead of 2");
        assertThat(await(store.chat(other, 10))).isEqualTo(said("elsewhere"));
        // It can be written to, and what pushes the broken block out of it heals it.
        String[] more = IntStream.range(0, 10).mapToObj(i -> "line " + i).toArray(String[]::new);
        await(store.appendChat(ROOM, realm.fence(), realm.fence() + 2, said(more), 10));
        assertThat(await(store.chat(ROOM, 10))).isEqualTo(said(more));
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
