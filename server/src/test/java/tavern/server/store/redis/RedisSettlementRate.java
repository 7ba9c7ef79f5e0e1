package tavern.server.store.redis;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.Player;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Settlement;
import tavern.server.services.RedisProcess;
import tavern.server.store.OutboxBound;
import tavern.server.store.Realm;
import tavern.server.store.StoreSettings;
import tavern.server.store.TradeTransactions;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionDraft;
import tavern.server.store.TransactionPlan;

/**
 * Measures durable settlements through the port, and beside them the same script from one bare pipelined connection:
 * {@code RedisSettlementRate <folder> [trades] [players] [replicas]}. Each moves two kinds and writes an outbox entry; transactions
 * of three players and two mints are measured too. The Redis is started in the folder; with a fourth number it gets a
 * replica there, and 1 has trades wait for it. The system property {@code items} gives each player so many items.
 */
final class RedisSettlementRate {
    private static final int IN_FLIGHT = 2000;
    private static final int ROUNDS = 3;

    private final SplittableRandom random = new SplittableRandom(7);
    private final List<Player> players = new ArrayList<>();
    private final RedisProcess redis;
    private final RedisStore store;
    private final Realm realm;
    private final PrintStream out;
    private int made;

    private RedisSettlementRate(RedisProcess redis, RedisStore store, int count, PrintStream out) {
        this.redis = redis;
        this.store = store;
        this.out = out;
        realm = new Realm(store);
        for (int i = 0; i < count; i++) {
            Player player = realm.open("p" + i, "gold", 1_000_000);
            Realm.await(Realm.grant(store, player.id(), Realm.stacks("potion", 1_000_000), "potions-" + i, Realm.NOW));
            for (int items = Integer.getInteger("items", 0); items > 0; items -= 250) {
                Realm.await(store.transact(TransactionDraft.transaction("items:" + i + ":" + items)
                        .leg(
                                Mint.OPS,
                                player.id(),
                                Goods.NONE,
                                Collections.nCopies(250, "bow").toArray(String[]::new))
                        .build()));
            }
            players.add(player);
        }
    }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args[0]), "rate");
        int trades = args.length > 1 ? Integer.parseInt(args[1]) : 100_000;
        int players = args.length > 2 ? Integer.parseInt(args[2]) : 200;
        int waitReplicas = args.length > 3 ? Integer.parseInt(args[3]) : 0;
        try (RedisProcess redis = RedisProcess.start(folder, "--repl-diskless-sync-delay", "0");
                AutoCloseable replica = args.length > 3 ? replicaOf(redis, folder.resolve("replica")) : () -> {};
                RedisStore store = RedisStore.open(
                        new StoreSettings(
                                StoreSettings.Kind.REDIS,
                                Path.of("unused"),
                                IN_FLIGHT,
                                100_000_000,
                                0,
                                StoreSettings.OUTCOMES_KEPT_DAYS,
                                new StoreSettings.Redis(redis.uri(), false, 5000, waitReplicas)),
                        "main",
                        false)) {
            RedisSettlementRate rate = new RedisSettlementRate(redis, store, players, System.out);
            for (int round = 0; round < ROUNDS; round++) {
                rate.throughThePort("trades", trades, rate::next);
                rate.throughThePort("transactions of three", trades, rate::nextOfThree);
                rate.oneByOne(trades / 50);
                rate.bare(trades);
            }
        }
    }

    private static RedisProcess replicaOf(RedisProcess redis, Path folder) throws IOException {
        RedisProcess replica = RedisProcess.start(folder, "--replicaof", "127.0.0.1", Integer.toString(redis.port()));
        await("the replica to follow")
                .until(() -> replica.ask("INFO", "replication").contains("master_link_status:up"));
        return replica;
    }

    private Transaction next() {
        int from = random.nextInt(players.size());
        int to = (from + 1 + random.nextInt(players.size() - 1)) % players.size();
        // As many in a millisecond as there are at the rates measured here.
        UUID id = TransactionDraft.uuidOf(Realm.NOW + made / 20, made++);
        Settlement wish = Realm.wish(
                id,
                players.get(from),
                players.get(to),
                Goods.of("gold", 1),
                Goods.of("potion", 1),
                TradeOutcome.COMMITTED);
        return TradeTransactions.of(wish, Realm.ROOM, realm.fence(), Realm.NOW, Realm.EVENT);
    }

    /** A player pays another, who pays a third; two mints and an event take part. */
    private Transaction nextOfThree() {
        int first = random.nextInt(players.size() - 2);
        Player ann = players.get(first);
        Player bob = players.get(first + 1);
        Player cleo = players.get(first + 2);
        String id = "three:" + made;
        return TransactionDraft.transaction(id)
                .born(Realm.NOW + made++ / 20)
                .leg(ann.id(), bob.id(), Goods.of("gold", 1))
                .leg(bob.id(), cleo.id(), Goods.of("potion", 1))
                .leg(new Mint("loot"), cleo.id(), Goods.of("gem", 2))
                .leg(ann.id(), new Mint("tax"), Goods.of("gold", 1))
                .event(Realm.EVENT)
                .fence(Realm.ROOM, realm.fence())
                .build();
    }

    private void throughThePort(String what, int trades, Supplier<Transaction> next)
            throws IOException, InterruptedException {
        Semaphore free = new Semaphore(IN_FLIGHT - 1);
        AtomicInteger failed = new AtomicInteger();
        Clocks start = Clocks.read(redis);
        for (int i = 0; i < trades; i++) {
            free.acquire();
            store.transact(next.get()).whenComplete((result, failure) -> {
                free.release();
                if (failure != null || !result.isCommitted() || result.isRepeat()) {
                    failed.incrementAndGet();
                }
            });
        }
        free.acquire(IN_FLIGHT - 1);
        say(what + " through the port", trades, start, failed.get());
    }

    /** Each is asked for when the one before is answered. */
    private void oneByOne(int trades) {
        long[] nanos = new long[trades];
        for (int i = 0; i < trades; i++) {
            long start = System.nanoTime();
            Realm.await(store.transact(next()));
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        out.printf(
                "one by one: median %.2f ms, p99 %.2f ms%n", nanos[trades / 2] / 1e6, nanos[trades * 99 / 100] / 1e6);
    }

    private void bare(int trades) throws Exception {
        TransactionScript script = new TransactionScript(new Keys("main"), "", new OutboxBound(100_000_000, 1L << 40));
        List<byte[]> calls = new ArrayList<>();
        for (int i = 0; i < trades; i++) {
            ScriptArguments request = script.request(TransactionPlan.of(next()));
            ByteBuf bytes = Unpooled.buffer();
            new Command<>(
                            CommandType.EVALSHA,
                            new StatusOutput<>(ByteArrayCodec.INSTANCE),
                            request.call(Script.TRANSACT, false))
                    .encode(bytes);
            calls.add(ByteBufUtil.getBytes(bytes));
        }
        Semaphore free = new Semaphore(IN_FLIGHT);
        AtomicInteger failed = new AtomicInteger();
        Clocks start = Clocks.read(redis);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
            Thread reader = new Thread(() -> read(socket, trades, free, failed));
            reader.start();
            write(socket, calls, free);
            reader.join();
        }
        say("bare", trades, start, failed.get());
    }

    private static void write(Socket socket, List<byte[]> calls, Semaphore free) throws Exception {
        OutputStream out = socket.getOutputStream();
        byte[] buffer = new byte[64 * 1024];
        int filled = 0;
        for (byte[] call : calls) {
            if (filled + call.length > buffer.length || !free.tryAcquire()) {
                out.write(buffer, 0, filled);
                filled = 0;
                free.acquire();
            }
            System.arraycopy(call, 0, buffer, filled, call.length);
            filled += call.length;
        }
        out.write(buffer, 0, filled);
    }

    private static void read(Socket socket, int replies, Semaphore free, AtomicInteger failed) {
        try (InputStream in = new BufferedInputStream(socket.getInputStream(), 64 * 1024)) {
            for (int i = 0; i < replies; i++) {
                if (!skip(in)) {
                    failed.incrementAndGet();
                }
                free.release();
            }
        } catch (IOException e) {
            failed.addAndGet(replies);
        }
    }

    /** One whole reply of RESP2; false when it is an error. */
    private static boolean skip(InputStream in) throws IOException {
        int type = in.read();
        long number = 0;
        for (int c = in.read(); c != '\n'; c = in.read()) {
            number = c >= '0' && c <= '9' ? 10 * number + c - '0' : number;
        }
        if (type == '$') {
            in.skipNBytes(number + 2);
        }
        for (long i = 0; type == '*' && i < number; i++) {
            skip(in);
        }
        return type != '-';
    }

    private void say(String what, int trades, Clocks start, int failed) throws IOException {
        Clocks end = Clocks.read(redis);
        double seconds = (end.nanos - start.nanos) / 1e9;
        out.printf(
                "%s: %d settlements in %.2f s: %.0f/s; CPU of Redis %.1f us each, of this process %.1f us; %d failed%n",
                what,
                trades,
                seconds,
                trades / seconds,
                (end.redisMicros - start.redisMicros) / trades,
                (end.ownNanos - start.ownNanos) / 1e3 / trades,
                failed);
    }

    /** Time, and the CPU's, which a busy machine does not blur. */
    private record Clocks(long nanos, double redisMicros, long ownNanos) {
        static Clocks read(RedisProcess redis) throws IOException {
            double seconds = redis.ask("INFO", "cpu")
                    .lines()
                    .filter(line -> line.startsWith("used_cpu_sys:") || line.startsWith("used_cpu_user:"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1)))
                    .sum();
            var own = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return new Clocks(System.nanoTime(), seconds * 1e6, own.getProcessCpuTime());
        }
    }
}
