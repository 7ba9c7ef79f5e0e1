package tavern.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tavern.server.store.Realm.NOW;
import static tavern.server.store.Realm.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tavern.game.AccountId;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.NamedAccount;
import tavern.game.Player;
import tavern.server.game.Inventory;

/** What every store must do with segments of the ledger. */
abstract class SegmentContract extends TransactionContract {
    private static final Mint SHOP = new Mint("shop");
    private static final NamedAccount GUILD = new NamedAccount("guild:7");
    private static final long HOUR = 3_600_000;
    private static final int ALL = 1_000;

    /** By which the owner before has lost the lease. */
    protected static long newFence(Store store) {
        LeaseAnswer answer = await(store.acquireLease(LeaseKey.ARCHIVE, "test@127.0.0.1:1", 60_000));
        return ((LeaseAnswer.Granted) answer).fence();
    }

    private void live(Random chance) {
        Player from = chance.nextBoolean() ? ann : bob;
        Player to = from == ann ? bob : ann;
        switch (chance.nextInt(4)) {
            case 0 -> realm.item(from, chance.nextBoolean() ? "bow" : "sword");
            case 1 -> realm.give(SHOP, from, Goods.of("pearl", 1 + chance.nextInt(3)));
            case 2 -> move(from, SHOP, chance);
            default -> move(from, chance.nextBoolean() ? to.id() : GUILD, chance);
        }
    }

    private void move(Player from, AccountId to, Random chance) {
        Inventory owned = realm.inventory(from);
        if (owned.stacks().isEmpty()) {
            realm.give(SHOP, from, Goods.of("pearl", 9));
            return;
        }
        Goods goods = owned.items().isEmpty()
                ? Goods.of(owned.stacks().firstKey(), 1)
                : new Goods(
                        new TreeMap<>(Map.of(owned.stacks().firstKey(), 1L)),
                        new TreeSet<>(List.of(owned.items().firstKey())));
        TransactionResult result = await(store.transact(TransactionDraft.transaction("move:" + chance.nextLong())
                .leg(from.id(), to, goods)
                .build()));
        assertThat(result.isCommitted()).isTrue();
    }

    /** What the accounts have now, as rows; a checkpoint at the end of the ledger says the same, besides mints. */
    private static Map<String, String> owned(Store store) {
        Map<String, String> rows = new TreeMap<>();
        Holdings page;
        long after = 0;
        do {
            page = await(store.holdings(after, 100));
            page.inventories().forEach((id, inventory) -> {
                inventory
                        .stacks()
                        .forEach((kind, count) -> rows.put(CheckpointRow.keyOfCount(id, kind), Long.toString(count)));
                inventory
                        .items()
                        .forEach((item, kind) ->
                                rows.put(CheckpointRow.keyOfItem(item), CheckpointRow.item(id.value(), kind)));
            });
            after = page.through();
        } while (!page.isLast());
        return rows;
    }

    private static Map<String, String> withoutMints(Map<String, String> rows) {
        Map<String, String> others = new TreeMap<>(rows);
        others.keySet().removeIf(key -> key.startsWith("mint:"));
        return others;
    }

    private static Map<String, String> checkpoint(Store store) {
        return SegmentDraft.valuesOf(SegmentDraft.allRows(store));
    }

    @Test
    void whatASegmentChangesIsInTheCheckpointFromItsSealOnAlsoBeforeItIsTidied() {
        long fence = newFence(store);
        Random chance = new Random(7);
        for (int i = 0; i < 30; i++) {
            live(chance);
        }
        Segment first = SegmentDraft.sealNext(store, fence, 11);
        for (int i = 0; i < 30; i++) {
            live(chance);
        }
        Map<String, String> before = checkpoint(store);
        SegmentDraft draft = SegmentDraft.next(store, ALL);
        assertThat(draft.prepare(store, fence)).isTrue();
        assertThat(checkpoint(store)).as("not sealed yet").isEqualTo(before);
        assertThat(draft.seal(store, fence)).isTrue();
        Map<String, String> after = checkpoint(store);
        assertThat(withoutMints(after)).isEqualTo(owned(store));
        assertThat(SegmentDraft.digest(after)).isEqualTo(draft.segment().digest());
        assertThat(await(store.checkpointed(after.keySet()))).isEqualTo(after);
        do {
            assertThat(checkpoint(store)).as("half tidied").isEqualTo(after);
        } while (await(store.tidy(fence, 2)));
        assertThat(checkpoint(store)).isEqualTo(after);
        assertThat(await(store.checkpointed(after.keySet()))).isEqualTo(after);
        assertThat(await(store.checkpointed(List.of("999 gold", "#999", "mint:none gold"))))
                .isEmpty();
        assertThat(await(store.segments(0, 10))).containsExactly(first, draft.segment());
        assertThat(await(store.segments(1, 10))).containsExactly(draft.segment());
        assertThat(await(store.segments(0, 1))).containsExactly(first);
        assertThat(await(store.segments(2, 10))).isEmpty();
        assertThat(await(store.newestSegment())).contains(draft.segment());
        assertThat(draft.segment().follows(first)).isTrue();
    }

    @Test
    void pagesOfTheCheckpointHaveEachRowOnceWithTheNamesOfItsAccounts() {
        for (int i = 0; i < 60; i++) {
            Player player = realm.open("player" + i, "gold", 1 + i);
            realm.give(new Mint("mint" + i), player, Goods.of("pearl", 2));
        }
        move(ann, GUILD, new Random(1));
        long fence = newFence(store);
        CheckpointPage none = await(store.checkpoint("", 10));
        assertThat(none.rows()).isEmpty();
        assertThat(none.segment()).isZero();
        Segment sealed = SegmentDraft.sealNext(store, fence, ALL);
        Map<Long, String> names = new TreeMap<>();
        List<CheckpointRow> rows = new ArrayList<>();
        String next = "";
        int pages = 0;
        do {
            CheckpointPage page = await(store.checkpoint(next, 20));
            assertThat(page.segment()).isEqualTo(1);
            rows.addAll(page.rows());
            names.putAll(page.names());
            next = page.next();
            pages++;
        } while (!next.isEmpty());
        assertThat(pages).isGreaterThan(3);
        assertThat(SegmentDraft.digest(SegmentDraft.valuesOf(rows))).isEqualTo(sealed.digest());
        assertThat(names)
                .containsEntry(ann.id().value(), "ann")
                .containsValue("player59")
                .containsValue("@guild:7");
    }

    @Test
    void rowsThatWerePreparedAndNotSealedAreNobodysAndAreTidied() {
        long fence = newFence(store);
        SegmentDraft draft = SegmentDraft.next(store, 1);
        assertThat(draft.prepare(store, fence)).isTrue();
        long next = newFence(store);
        assertThat(draft.prepare(store, next)).as("what another one left").isFalse();
        assertThat(draft.seal(store, next)).as("what another one prepared").isFalse();
        SegmentDraft.tidy(store, next);
        assertThat(checkpoint(store)).isEmpty();
        assertThat(draft.seal(store, next)).as("nothing is prepared").isFalse();
        assertThat(SegmentDraft.sealNext(store, next, ALL).number()).isEqualTo(1);
        assertThat(withoutMints(checkpoint(store))).isEqualTo(owned(store));
    }

    @Test
    void anOlderFenceDoesNothing() {
        long old = newFence(store);
        SegmentDraft draft = SegmentDraft.next(store, 1);
        assertThat(draft.prepare(store, old)).isTrue();
        long next = newFence(store);
        assertThat(draft.seal(store, old)).isFalse();
        assertThat(await(store.tidy(old, 1))).isFalse();
        assertThat(draft.prepare(store, next)).as("the old one has not tidied").isFalse();
        SegmentDraft.tidy(store, next);
        assertThat(draft.prepare(store, old)).isFalse();
        assertThat(draft.prepare(store, 0)).isFalse();
        SegmentDraft.sealNext(store, next, ALL);
        assertThat(await(store.removeEntries(old, 1, 0, NOW + HOUR, 10))).isEqualTo(new Removal(0, false));
        assertThat(await(store.removedThrough())).isEmpty();
    }

    @Test
    void aSegmentThatDoesNotFollowTheNewestOneIsNotSealed() {
        long fence = newFence(store);
        for (int i = 0; i < 5; i++) {
            realm.give(SHOP, ann, Goods.of("pearl", 1));
        }
        Segment first = SegmentDraft.sealNext(store, fence, 2);
        SegmentDraft draft = SegmentDraft.next(store, 3);
        Segment right = draft.segment();
        assertThat(await(store.prepare(fence, 3, draft.rows()))).isFalse();
        assertThat(await(store.prepare(fence, 1, draft.rows()))).isFalse();
        assertThat(draft.prepare(store, fence)).isTrue();
        refused(fence, draft.as(copy(right, 3, right.before(), right.first(), right.changes())));
        refused(fence, draft.as(copy(right, 1, right.before(), right.first(), right.changes())));
        refused(fence, draft.as(copy(right, 2, Segment.GENESIS, right.first(), right.changes())));
        refused(fence, draft.as(copy(right, 2, right.before(), first.last(), right.changes())));
        refused(fence, draft.as(copy(right, 2, right.before(), right.first(), right.changes() + 1)));
        refused(fence, draft.as(copy(right, 2, right.before(), right.first(), 0)));
        assertThat(draft.seal(store, fence)).isTrue();
        SegmentDraft.tidy(store, fence);
        assertThat(checkpoint(store)).isNotEmpty();
    }

    private void refused(long fence, SegmentDraft draft) {
        assertThat(draft.seal(store, fence)).as(draft.segment().text()).isFalse();
        assertThat(await(store.newestSegment()).orElseThrow().number()).isEqualTo(1);
    }

    private static Segment copy(Segment of, long number, String before, String first, long changes) {
        return new Segment(
                number,
                before,
                of.entries(),
                first,
                of.last(),
                of.newestMillis(),
                of.entriesHash(),
                changes,
                of.changesHash(),
                of.digest());
    }

    @Test
    void whatWasNotAnsweredCanBeRepeated() {
        long fence = newFence(store);
        SegmentDraft draft = SegmentDraft.next(store, ALL);
        assertThat(draft.prepare(store, fence)).isTrue();
        assertThat(draft.prepare(store, fence)).as("again").isTrue();
        assertThat(draft.seal(store, fence)).isTrue();
        assertThat(draft.seal(store, fence)).as("again").isTrue();
        SegmentDraft.tidy(store, fence);
        assertThat(draft.seal(store, newFence(store)))
                .as("also by the next owner")
                .isTrue();
        assertThat(await(store.segments(0, 10))).containsExactly(draft.segment());
        assertThat(withoutMints(checkpoint(store))).isEqualTo(owned(store));
    }

    @Test
    void sealedEntriesLeaveInStepsAndTheNewestOneStays() {
        for (int i = 2; i < 20; i++) {
            realm.give(SHOP, ann, Goods.of("pearl", 1));
        }
        List<LedgerEntry> all = await(store.ledger("", ALL));
        assertThat(all).hasSize(20);
        long fence = newFence(store);
        assertThat(await(store.removeEntries(fence, 9, 0, NOW + HOUR, ALL)))
                .as("nothing is sealed")
                .isEqualTo(new Removal(0, false));
        Segment first = SegmentDraft.sealNext(store, fence, 5);
        SegmentDraft.sealNext(store, fence, 5);
        assertThat(await(store.removeEntries(fence, 9, HOUR, NOW + HOUR, ALL)).removed())
                .as("not old enough")
                .isZero();
        assertThat(await(store.removeEntries(fence, 1, HOUR, NOW + HOUR + 1, 3)))
                .isEqualTo(new Removal(3, true));
        assertThat(await(store.removedThrough())).isEqualTo(all.get(2).position());
        assertThat(await(store.removeEntries(fence, 1, HOUR, NOW + HOUR + 1, 3)))
                .as("only through the first segment")
                .isEqualTo(new Removal(2, false));
        assertThat(await(store.ledger("", 3))).isEqualTo(all.subList(5, 8));
        assertThat(await(store.ledger(first.last(), 3))).isEqualTo(all.subList(5, 8));
        assertThatThrownBy(() -> await(store.ledger(all.get(3).position(), 3)))
                .hasCauseInstanceOf(EntriesRemovedException.class)
                .hasMessageContaining(all.get(3).position())
                .hasMessageContaining(first.last());
        SegmentDraft.sealNext(store, fence, ALL);
        int removed = 0;
        Removal step;
        do {
            step = await(store.removeEntries(fence, 9, HOUR, NOW + HOUR + 1, 4));
            assertThat(step.removed()).isLessThanOrEqualTo(4);
            removed += step.removed();
        } while (step.more());
        assertThat(removed).isEqualTo(14);
        assertThat(await(store.ledger("", 10))).isEqualTo(all.subList(19, 20));
        assertThat(await(store.segments(0, 10))).as("are remembered").hasSize(3);
        assertThat(await(store.holdings(0, 10)).position())
                .isEqualTo(all.get(19).position());

        realm.give(SHOP, ann, Goods.of("pearl", 1));
        assertThat(await(store.removeEntries(fence, 9, HOUR, NOW + HOUR + 1, 4)))
                .isEqualTo(new Removal(1, false));
        assertThat(await(store.removedThrough())).isEqualTo(all.get(19).position());
        assertThat(await(store.ledger("", 10))).hasSize(1);
        assertThat(Realm.check(store).differences()).isEmpty();
        SegmentDraft.sealNext(store, fence, ALL);
        assertThat(withoutMints(checkpoint(store))).isEqualTo(owned(store));
        assertThat(Realm.check(store).differences()).isEmpty();
    }

    /** Owners that lose their lease between any two steps, with steps that are repeated. */
    @Test
    void whoeverGoesOnAfterWhicheverStepTheCheckpointIsThatOfTheLedger() {
        Random chance = new Random(42);
        long[] fences = {newFence(store), newFence(store)};
        SegmentDraft[] drafts = new SegmentDraft[2];
        int owner = 1;
        int sealed = 0;
        for (int i = 0; i < 600; i++) {
            int who = chance.nextInt(4) == 0 ? 1 - owner : owner;
            switch (chance.nextInt(10)) {
                case 0 -> {
                    fences[who] = newFence(store);
                    owner = who;
                }
                case 1, 2 -> live(chance);
                case 3 -> {
                    drafts[who] = null;
                    SegmentDraft.tidy(store, fences[who]);
                }
                case 4 -> await(store.tidy(fences[who], 2));
                case 5, 6 -> {
                    if (drafts[who] == null
                            && !await(store.ledger(lastSealed(), 1)).isEmpty()) {
                        drafts[who] = SegmentDraft.next(store, 1 + chance.nextInt(5));
                    }
                    if (drafts[who] != null && !drafts[who].prepare(store, fences[who])) {
                        drafts[who] = null;
                    }
                }
                default -> {
                    if (drafts[who] != null && drafts[who].seal(store, fences[who])) {
                        sealed++;
                        drafts[who] = null;
                    }
                }
            }
        }
        assertThat(sealed).isGreaterThan(10);
        long fence = newFence(store);
        SegmentDraft.tidy(store, fence);
        if (!await(store.ledger(lastSealed(), 1)).isEmpty()) {
            SegmentDraft.sealNext(store, fence, ALL);
        }
        Map<String, String> rows = checkpoint(store);
        assertThat(withoutMints(rows)).isEqualTo(owned(store));
        List<Segment> all = await(store.segments(0, ALL));
        assertThat(all.get(all.size() - 1).digest()).isEqualTo(SegmentDraft.digest(rows));
        for (int i = 1; i < all.size(); i++) {
            assertThat(all.get(i).follows(all.get(i - 1))).isTrue();
        }
    }

    private String lastSealed() {
        return await(store.newestSegment()).map(Segment::last).orElse("");
    }
}
