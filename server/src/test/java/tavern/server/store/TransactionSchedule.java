package tavern.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static tavern.server.store.Realm.EVENT;
import static tavern.server.store.Realm.NOW;
import static tavern.server.store.Realm.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import tavern.game.AccountId;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.NamedAccount;
import tavern.game.PlayerId;

/**
 * Transactions of chance, of 1 to 64 legs, against a model of a few lines: made and burnt items, values, named accounts,
 * repeats, ids that are too old. The seed names the schedule.
 */
final class TransactionSchedule {
    private static final int BURST = 10;
    private static final List<String> KINDS = List.of("gold", "potion", "arrow", "pearl");
    private static final List<String> KEYS = List.of("rank", "deck", "a:b");
    private static final List<Mint> MINTS = List.of(new Mint("shop"), new Mint("forge"));

    /** All times are whole steps, and ids are forgotten in the middle of one: the store's clock is not that of the test. */
    private static final long STEP_MILLIS = 10_000;

    /** How far times reach into the past. */
    private static final int STEPS = 10_000;

    private final long seed;
    private final Random random;
    private final TransactionModel model = new TransactionModel();
    private final List<AccountId> accounts = new ArrayList<>();
    private final List<PlayerId> players = new ArrayList<>();
    private final List<TransactionId> used = new ArrayList<>();
    private final Dating dating;
    private Store store;
    private int made;

    /** Dates the outcomes of ids without a time, in a store that does not take the transactions' own time for that. */
    interface Dating {
        void date(Map<String, Long> millisOfIds) throws Exception;
    }

    TransactionSchedule(Store store, long seed, Dating dating) {
        this.store = store;
        this.seed = seed;
        this.dating = dating;
        random = new Random(seed);
    }

    /** @param reopen what becomes of the store between bursts, now and then */
    void run(int bursts, UnaryOperator<Store> reopen) throws Exception {
        for (String name : List.of("dan", "eve", "fay", "gus")) {
            PlayerId player = await(store.openPlayer(name, Goods.of("gold", 50), List.of(), null, NOW))
                    .player()
                    .id();
            model.open(player, "gold", 50);
            players.add(player);
            accounts.add(player);
        }
        for (String name : List.of("guild:1", "guild:2", "auction")) {
            accounts.add(new NamedAccount(name));
        }
        for (int burst = 1; burst <= bursts; burst++) {
            burst();
            if (random.nextInt(8) == 0) {
                forget((double) burst / bursts);
            }
            if (burst % 25 == 0) {
                await(store.removeOutbox(await(store.outbox(0, 1000))));
                compare();
                store = reopen.apply(store);
            }
        }
        compare();
        assertThat(model.tally())
                .as("seed " + seed)
                .containsOnlyKeys(
                        "INSUFFICIENT",
                        "TOO_MUCH",
                        "VALUE_CHANGED",
                        "committed",
                        "committed, many legs",
                        "forgotten",
                        "malformed",
                        "repeat");
        assertThat(model.tally().get("committed")).isGreaterThan(2 * bursts);
    }

    private void burst() {
        List<Transaction> asked = new ArrayList<>();
        List<CompletionStage<TransactionResult>> answers = new ArrayList<>();
        for (int i = 0; i < BURST; i++) {
            Transaction transaction = transaction();
            asked.add(transaction);
            answers.add(store.transact(transaction));
        }
        for (int i = 0; i < BURST; i++) {
            Transaction transaction = asked.get(i);
            Object outcome =
                    await(answers.get(i).handle((result, failure) -> failure != null ? Causes.of(failure) : result));
            try {
                model.expect(transaction, outcome);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + " of " + transaction, e);
            }
        }
    }

    private Transaction transaction() {
        TransactionId id = id();
        TransactionDraft draft = TransactionDraft.transaction(id).at(past());
        int legs = random.nextInt(6) == 0 ? 1 + random.nextInt(64) : 1 + random.nextInt(3);
        List<Long> items = new ArrayList<>(model.items());
        for (int i = 0; i < legs; i++) {
            addLeg(draft, items, legs);
        }
        if (random.nextInt(3) == 0) {
            PlayerId holder = players.get(random.nextInt(players.size()));
            for (String key : KEYS.subList(0, 1 + random.nextInt(KEYS.size()))) {
                long seen = random.nextInt(5) == 0 ? random.nextInt(5) : model.version(holder, key);
                draft.put(holder, key, random.nextInt(3) == 0 ? "" : "value " + made, seen);
            }
        }
        if (random.nextInt(10) == 0) {
            draft.event(EVENT);
        }
        if (random.nextBoolean()) {
            draft.remembersRefusal();
        }
        return draft.memo("memo " + made++).build();
    }

    private TransactionId id() {
        if (!used.isEmpty() && random.nextInt(6) == 0) {
            return used.get(random.nextInt(used.size()));
        }
        long born = random.nextInt(3) == 0 ? 0 : past();
        TransactionId id = TransactionDraft.id("test:" + made, born);
        used.add(id);
        return id;
    }

    /** @param legs of the whole transaction: the more, the less often each of them is a mistake */
    private void addLeg(TransactionDraft draft, List<Long> items, int legs) {
        AccountId from = account();
        AccountId to = account();
        String kind = KINDS.get(random.nextInt(KINDS.size()));
        boolean isRich = model.count(from, kind) > legs;
        boolean fromMint = random.nextInt(5) == 0 || (!isRich && random.nextInt(4 * legs) > 0);
        if (fromMint) {
            from = MINTS.get(random.nextInt(MINTS.size()));
        } else if (random.nextInt(8) == 0) {
            to = MINTS.get(random.nextInt(MINTS.size()));
        } else if (from.equals(to)) {
            to = MINTS.get(0);
        }
        TreeMap<String, Long> stacks = new TreeMap<>();
        stacks.put(kind, fromMint ? 1L + random.nextInt(40) : sum(from, kind, legs));
        if (fromMint && random.nextInt(10 * legs) == 0) {
            stacks.put("pearl", Long.MAX_VALUE - random.nextInt(90));
        }
        TreeSet<Long> given = new TreeSet<>();
        if (!fromMint && !items.isEmpty() && random.nextInt(4) == 0) {
            Long item = items.remove(random.nextInt(items.size()));
            from = random.nextInt(6 * legs) == 0 ? from : model.owner(item);
            if (!(from instanceof Mint) && !from.equals(to)) {
                given.add(item);
            } else {
                from = players.get(0);
                to = MINTS.get(1);
            }
        }
        String[] makes = fromMint && random.nextInt(3) == 0 ? new String[] {"bow", "sword"} : new String[0];
        draft.leg(from, to, new Goods(stacks, given), makes);
    }

    private long past() {
        return NOW - random.nextInt(STEPS) * STEP_MILLIS;
    }

    private AccountId account() {
        return accounts.get(random.nextInt(accounts.size()));
    }

    /** Seldom more than there is. */
    private long sum(AccountId from, String kind, int legs) {
        long there = model.count(from, kind);
        boolean isMistake = there < legs || random.nextInt(12 * legs) == 0;
        return 1 + (isMistake ? there / 2 + random.nextInt(50) : Math.floorMod(random.nextLong(), there / legs));
    }

    /** @param done how far the schedule is, from 0 to 1; half of all ids are forgotten in the end */
    private void forget(double done) throws Exception {
        dating.date(model.undated());
        long steps = STEPS - (long) (random.nextDouble() * done * STEPS / 2);
        long line = NOW - steps * STEP_MILLIS - STEP_MILLIS / 2;
        int rounds = 0;
        while (Realm.forgetOutcomes(store, line, 50)) {
            assertThat(++rounds).isLessThan(1000);
        }
        model.forget(line);
    }

    private void compare() {
        for (AccountId account : accounts) {
            var found = await(
                    account instanceof NamedAccount named
                            ? store.findAccount(named)
                            : store.findPlayer((PlayerId) account));
            model.compare(account, found);
        }
        for (PlayerId player : players) {
            for (String key : KEYS) {
                model.compare(player, key, await(store.kept(player, key)));
            }
        }
        for (TransactionId id : used) {
            model.compare(id, await(store.findOutcome(id)));
        }
        assertThat(Realm.check(store).differences()).as("seed " + seed).isEmpty();
        Map<String, Long> entries = new TreeMap<>();
        String position = "";
        for (List<LedgerEntry> page = await(store.ledger(position, 500)); !page.isEmpty(); ) {
            page.forEach(entry -> entries.merge(entry.id(), 1L, Long::sum));
            page = await(store.ledger(page.get(page.size() - 1).position(), 500));
        }
        model.compareLedger(entries);
    }
}
