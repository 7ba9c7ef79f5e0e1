package tavern.server.store.embedded;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.NamedAccount;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Settlement;
import tavern.server.game.Terms;
import tavern.server.game.TradeId;
import tavern.server.store.Leg;
import tavern.server.store.OutboxEvent;
import tavern.server.store.Realm;
import tavern.server.store.RoomTurn;
import tavern.server.store.StoreSettings;
import tavern.server.store.TradeTransactions;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionDraft;

/**
 * Measures durable transactions through the port: {@code SettlementRate <folder> [seconds a round] [players]}. A trade moves
 * two kinds, and with an event it writes an outbox row, which is not removed; the larger transaction has three parties, two
 * mints and an event; turns are of a hundred rooms, with goods also of one player, and an event; transfers are turns that
 * move gold between two of 100,000 named accounts, or of the first thousand of them. The last rounds are with 10,000 items at every player, and with one in flight at a time.
 */
final class SettlementRate {
    private static final int IN_FLIGHT = 5000;
    private static final int MEASURED_MAX = 4_000_000;
    private static final int ROOMS = 100;
    private static final int ACCOUNTS = 100_000;

    private static final Mint SHOP = new Mint("shop");
    private static final Mint FORGE = new Mint("forge");

    private final PrintStream out;
    private final EmbeddedStore store;
    private final Realm realm;
    private final List<Player> players = new ArrayList<>();
    private final Random random = new Random(7);
    private final long[] latencyNanos = new long[MEASURED_MAX];
    private final long[] fences = new long[ROOMS];
    private final long[] revisions = new long[ROOMS];
    private long made;
    private long turns;

    private SettlementRate(PrintStream out, EmbeddedStore store, Realm realm) {
        this.out = out;
        this.store = store;
        this.realm = realm;
    }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args[0]), "rate");
        long seconds = args.length > 1 ? Long.parseLong(args[1]) : 5;
        int count = args.length > 2 ? Integer.parseInt(args[2]) : 200;
        StoreSettings settings = StoreSettings.embedded(folder, IN_FLIGHT, 100_000_000);
        try (EmbeddedStore store = EmbeddedStore.open(settings)) {
            SettlementRate rate = new SettlementRate(System.out, store, new Realm(store));
            rate.open(count);
            rate.round("warming up   ", seconds, IN_FLIGHT - 1, rate::trade);
            rate.round("with event   ", seconds, IN_FLIGHT - 1, rate::trade);
            rate.round("without event", seconds, IN_FLIGHT - 1, () -> rate.trade(null));
            rate.round("three parties", seconds, IN_FLIGHT - 1, rate::threeParties);
            rate.round("with event   ", seconds, IN_FLIGHT - 1, rate::trade);
            rate.round("turns, 100 B ", seconds, IN_FLIGHT - 1, () -> rate.turn(100, false));
            rate.round("turns, 16 KiB", seconds, IN_FLIGHT - 1, () -> rate.turn(16_384, false));
            rate.round("turns, goods ", seconds, IN_FLIGHT - 1, () -> rate.turn(100, true));
            rate.openAccounts();
            rate.round("transfers    ", 2 * seconds, IN_FLIGHT - 1, () -> rate.transfer(ACCOUNTS));
            rate.round("transfers    ", seconds, IN_FLIGHT - 1, () -> rate.transfer(ACCOUNTS));
            rate.round("few accounts ", seconds, IN_FLIGHT - 1, () -> rate.transfer(1_000));
            System.out.println(Realm.check(store));
            rate.giveItems(store);
            rate.round("10,000 items ", seconds, IN_FLIGHT - 1, rate::trade);
            rate.round("one at a time", seconds, 1, rate::trade);
        }
    }

    private void open(int count) {
        for (int i = 0; i < count; i++) {
            Player player = realm.open("p" + i, "gold", 1_000_000);
            Realm.await(Realm.grant(store, player.id(), Realm.stacks("potion", 1_000_000), "potions-" + i, Realm.NOW));
            players.add(player);
        }
    }

    private void openAccounts() {
        for (int i = 0; i < ACCOUNTS; i += Transaction.LEGS_MAX) {
            TransactionDraft all = TransactionDraft.transaction("open:" + i);
            for (int k = i; k < Math.min(ACCOUNTS, i + Transaction.LEGS_MAX); k++) {
                all.leg(SHOP, account(k), Goods.of("gold", 1_000_000));
            }
            Realm.await(store.transact(all.build()));
        }
    }

    private static NamedAccount account(int number) {
        return new NamedAccount("stall:" + number);
    }

    private Transaction transfer(int accounts) {
        int from = random.nextInt(accounts);
        int to = (from + 1 + random.nextInt(accounts - 1)) % accounts;
        return turn(100, List.of(new Leg(account(from), account(to), Goods.of("gold", 1), List.of())), List.of());
    }

    /** Directly, because thousands of grants for each player would take longer than the measurement. */
    private void giveItems(EmbeddedStore store) {
        Realm.await(store.write(session -> session.execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1"
                + " FROM n LIMIT 10000) INSERT INTO item (kind, owner) SELECT 'bow', id FROM player, n")));
        Realm.await(store.write(session -> session.execute("INSERT INTO entry (id, fence, at_ms, legs)"
                + " SELECT 'items:' || id, 0, 0, 'mint:ops>' || owner || '|+' || id || ':bow' FROM item")));
    }

    private void round(String name, long seconds, int inFlight, Supplier<Transaction> next) throws Exception {
        Semaphore free = new Semaphore(inFlight);
        AtomicInteger failed = new AtomicInteger();
        long start = System.nanoTime();
        long startCpu = writerCpuNanos();
        int asked = 0;
        while (asked < MEASURED_MAX && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(seconds)) {
            free.acquire();
            int number = asked++;
            long begin = System.nanoTime();
            store.transact(next.get()).whenComplete((result, failure) -> {
                latencyNanos[number] = System.nanoTime() - begin;
                if (failure != null || !result.isCommitted() || result.isRepeat()) {
                    failed.incrementAndGet();
                }
                free.release();
            });
        }
        free.acquire(inFlight);
        double wall = (System.nanoTime() - start) / 1e9;
        double cpuMicros = (writerCpuNanos() - startCpu) / 1e3 / asked;
        Arrays.sort(latencyNanos, 0, asked);
        out.printf(
                "%s: %,7.0f transactions/s, %5.1f us of the writer's CPU each, p50 %.2f ms, p99 %.2f ms, %d failed%n",
                name, asked / wall, cpuMicros, millis(asked / 2), millis(asked * 99L / 100), failed.get());
    }

    private Transaction trade() {
        return trade(Realm.EVENT);
    }

    private Transaction trade(@Nullable OutboxEvent event) {
        int from = random.nextInt(players.size());
        Player other = players.get((from + 1 + random.nextInt(players.size() - 1)) % players.size());
        TradeId id = new TradeId(players.get(from).id(), TransactionDraft.uuidOf(Realm.NOW + made / 45, made++));
        Terms terms = new Terms(Goods.of("gold", 1), Goods.of("potion", 1));
        Settlement wish = new Settlement(id, players.get(from), other, terms, TradeOutcome.COMMITTED);
        return TradeTransactions.of(wish, Realm.ROOM, realm.fence(), Realm.NOW, event);
    }

    private Transaction threeParties() {
        int from = random.nextInt(players.size() - 2);
        PlayerId first = players.get(from).id();
        PlayerId second = players.get(from + 1).id();
        PlayerId third = players.get(from + 2).id();
        return TransactionDraft.transaction("craft:" + made)
                .born(Realm.NOW + made++ / 45)
                .leg(first, second, Goods.of("gold", 1))
                .leg(second, third, Goods.of("potion", 1))
                .leg(third, FORGE, Goods.of("gold", 1))
                .leg(SHOP, first, Goods.of("potion", 1))
                .event(Realm.EVENT)
                .fence(Realm.ROOM, realm.fence())
                .build();
    }

    private Transaction turn(int stateBytes, boolean gives) {
        PlayerId player = players.get(random.nextInt(players.size())).id();
        return gives
                ? turn(stateBytes, List.of(new Leg(SHOP, player, Goods.of("gold", 1), List.of())), List.of(Realm.EVENT))
                : turn(stateBytes, List.of(), List.of());
    }

    /** Of one of a hundred rooms in turn; each room has 50 under way. */
    private Transaction turn(int stateBytes, List<Leg> legs, List<OutboxEvent> events) {
        int room = (int) (turns++ % ROOMS);
        RoomId id = new RoomId("room-" + room);
        if (revisions[room] == 0) {
            fences[room] = Realm.acquire(store, id);
        }
        RoomTurn turn = new RoomTurn(
                id, "cards", revisions[room], ++revisions[room], new byte[stateBytes], Realm.NOW + turns % 1_000);
        return Transaction.turn(turn, fences[room], legs, List.of(), events, Realm.NOW);
    }

    private double millis(long index) {
        return latencyNanos[(int) index] / 1e6;
    }

    /** What a busy machine does not blur. */
    static long writerCpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("tavern-store-writer"))
                .mapToLong(thread -> threads.getThreadCpuTime(thread.getId()))
                .sum();
    }
}
