package tavern.server.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static tavern.server.store.Realm.EVENT;
import static tavern.server.store.Realm.NOW;
import static tavern.server.store.Realm.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.GoodsChange;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.TradeId;
import tavern.server.store.Grant;
import tavern.server.store.OutboxRow;
import tavern.server.store.Realm;
import tavern.server.store.StoreSettings;
import tavern.server.store.TransactionDraft;

/** Long schedules of chance against a model of a few lines; reopened on the way. The seed names the schedule. */
final class RandomScheduleTest {
    private static final int ROUNDS = 60;
    private static final int BURST = 50;
    private static final List<String> KINDS = List.of("gold", "potion", "arrow");

    @TempDir
    private Path folder;

    private final List<Player> players = new ArrayList<>();
    private final List<Settlement> asked = new ArrayList<>();
    private final Model model = new Model();
    private int grants;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 20261123, 77})
    void theStoreAgreesWithTheModel(long seed) {
        Random random = new Random(seed);
        EmbeddedStore store = open();
        try {
            Realm realm = new Realm(store);
            for (String name : List.of("ann", "bob", "cleo", "dan", "eve")) {
                players.add(realm.open(name, "gold", 20));
                model.add(players.get(players.size() - 1), "gold", 20);
            }
            for (int round = 0; round < ROUNDS; round++) {
                switch (random.nextInt(6)) {
                    case 0 -> grant(store, random);
                    case 1 -> publish(store, random);
                    default -> trade(realm, random);
                }
                if (round % 15 == 14) {
                    compare(store, realm);
                    store.close();
                    store = open();
                    realm = new Realm(store);
                }
            }
            compare(store, realm);
        } finally {
            store.close();
        }
    }

    /** A burst that shares transactions: the store must do it in the order asked. */
    private void trade(Realm realm, Random random) {
        List<CompletionStage<SettledTrade>> answers = new ArrayList<>();
        List<TradeOutcome> expected = new ArrayList<>();
        for (int i = 0; i < BURST; i++) {
            Settlement wish = random.nextInt(5) == 0 && !asked.isEmpty() ? repeat(random) : wish(random);
            asked.add(wish);
            expected.add(model.settle(wish));
            answers.add(realm.ask(wish, EVENT));
        }
        assertThat(answers.stream().map(Realm::await).map(SettledTrade::outcome).toList())
                .isEqualTo(expected);
    }

    private Settlement repeat(Random random) {
        Settlement old = asked.get(random.nextInt(asked.size()));
        Settlement other = wish(random);
        return random.nextBoolean()
                ? old
                : new Settlement(old.id(), old.proposer(), other.partner(), other.terms(), other.outcome());
    }

    private Settlement wish(Random random) {
        TradeOutcome outcome = random.nextInt(8) == 0 ? TradeOutcome.CANCELLED : TradeOutcome.COMMITTED;
        Player from = players.get(random.nextInt(players.size()));
        Player to = players.get(random.nextInt(players.size()));
        UUID uuid = TransactionDraft.uuidOf(NOW, random.nextLong());
        return Realm.wish(uuid, from, to, goods(from, random), goods(to, random), outcome);
    }

    private Goods goods(Player owner, Random random) {
        TreeMap<String, Long> stacks = new TreeMap<>();
        TreeSet<Long> items = new TreeSet<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            stacks.put(KINDS.get(random.nextInt(KINDS.size())), (long) random.nextInt(9));
        }
        List<Long> known = new ArrayList<>(model.owners.keySet());
        if (!known.isEmpty() && random.nextInt(3) == 0) {
            Long item = known.get(random.nextInt(known.size()));
            if (owner.equals(model.owners.get(item)) || random.nextInt(4) == 0) {
                items.add(item);
            }
        }
        return new Goods(stacks, items);
    }

    private void grant(EmbeddedStore store, Random random) {
        Player player = players.get(random.nextInt(players.size()));
        String kind = KINDS.get(random.nextInt(KINDS.size()));
        long delta = random.nextInt(60) - 10L;
        Grant grant = new Grant(new TreeMap<>(Map.of(kind, delta)), List.of("bow"), new TreeSet<>());
        String reference = "grant-" + grants++;
        boolean possible = model.count(player, kind) + delta >= 0;
        for (int repeat = 0; repeat < 2; repeat++) {
            try {
                GoodsChange change = await(Realm.grant(store, player.id(), grant, reference, NOW))
                        .change();
                assertThat(possible).isTrue();
                assertThat(change == null).isEqualTo(repeat > 0);
                if (change != null) {
                    long item = change.itemsIn().lastKey();
                    model.add(player, kind, delta);
                    assertThat(model.owners.put(item, player)).isNull();
                }
            } catch (CompletionException e) {
                assertThat(e).hasCauseInstanceOf(IllegalArgumentException.class);
                assertThat(possible).isFalse();
            }
        }
    }

    private void publish(EmbeddedStore store, Random random) {
        List<OutboxRow> rows = await(store.outbox(0, random.nextInt(40)));
        await(store.removeOutbox(rows));
        model.outbox.subList(0, rows.size()).clear();
    }

    private void compare(EmbeddedStore store, Realm realm) {
        for (Player player : players) {
            assertThat(realm.inventory(player).stacks()).isEqualTo(model.stacks(player));
            assertThat(realm.inventory(player).items().keySet()).isEqualTo(model.items(player));
        }
        model.outcomes.forEach((id, outcome) -> assertThat(
                        await(Realm.findTrade(store, id)).orElseThrow().outcome())
                .isEqualTo(outcome));
        assertThat(await(store.outbox(0, Integer.MAX_VALUE)))
                .extracting(OutboxRow::messageId)
                .isEqualTo(model.outbox);
        assertThat(store.stats().outboxRows()).isEqualTo(model.outbox.size());
        assertThat(Realm.check(store).differences()).isEmpty();
        assertThat(await(store.integrityCheck())).isEmpty();
    }

    private EmbeddedStore open() {
        return EmbeddedStore.open(StoreSettings.embedded(folder, 1000, 1_000_000));
    }

    /** What a store is, without a disk. */
    private static final class Model {
        private final Map<Player, Map<String, Long>> counts = new HashMap<>();
        private final Map<Long, Player> owners = new TreeMap<>();
        private final Map<TradeId, TradeOutcome> outcomes = new HashMap<>();
        private final List<String> outbox = new ArrayList<>();

        long count(Player player, String kind) {
            return stacks(player).getOrDefault(kind, 0L);
        }

        Map<String, Long> stacks(Player player) {
            return counts.computeIfAbsent(player, unused -> new TreeMap<>());
        }

        Set<Long> items(Player player) {
            TreeSet<Long> items = new TreeSet<>(owners.keySet());
            items.removeIf(item -> !player.equals(owners.get(item)));
            return items;
        }

        void add(Player player, String kind, long delta) {
            stacks(player).merge(kind, delta, Long::sum);
            stacks(player).values().removeIf(count -> count == 0);
        }

        TradeOutcome settle(Settlement wish) {
            TradeOutcome first = outcomes.get(wish.id());
            if (first != null) {
                return first;
            }
            boolean commits = wish.outcome() == TradeOutcome.COMMITTED;
            TradeOutcome outcome = commits && !isPossible(wish) ? TradeOutcome.FAILED : wish.outcome();
            outcomes.put(wish.id(), outcome);
            if (outcome == TradeOutcome.COMMITTED) {
                move(wish.proposer(), wish.partner(), wish.terms().give());
                move(wish.partner(), wish.proposer(), wish.terms().want());
                outbox.add(wish.id().toString());
            }
            return outcome;
        }

        private boolean isPossible(Settlement wish) {
            return !wish.proposer().equals(wish.partner())
                    && has(wish.proposer(), wish.terms().give())
                    && has(wish.partner(), wish.terms().want());
        }

        private boolean has(Player player, Goods goods) {
            return goods.stacks().entrySet().stream()
                            .allMatch(
                                    stack -> stack.getValue() > 0 && stack.getValue() <= count(player, stack.getKey()))
                    && goods.items().stream().allMatch(item -> player.equals(owners.get(item)));
        }

        private void move(Player from, Player to, Goods goods) {
            goods.stacks().forEach((kind, count) -> {
                add(from, kind, -count);
                add(to, kind, count);
            });
            goods.items().forEach(item -> owners.put(item, to));
        }
    }
}
