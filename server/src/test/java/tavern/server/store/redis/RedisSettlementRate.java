package tavern.server.store.redis;

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
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import tavern.server.game.Goods;
import tavern.server.game.Player;
import tavern.server.game.Settlement;
import tavern.server.services.RedisProcess;
import tavern.server.store.Realm;
import tavern.server.store.StoreSettings;

/**
 * Measures durable settlements through the port, and beside them the same script from one bare pipelined connection:
 * {@code RedisSettlementRate <folder> [trades] [players]}. Each moves two kinds and writes an outbox entry. The redis is
 * started in the folder.
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

    private RedisSettlementRate(RedisProcess redis, RedisStore store, int count, PrintStream out) {
        this.redis = redis;
        this.store = store;
        this.out = out;
        realm = new Realm(store);
        for (int i = 0; i < count; i++) {
            Player player = realm.open("p" + i, "gold", 1_000_000);
            Realm.await(store.grant(player.id(), Realm.stacks("potion", 1_000_000), "potions-" + i, Realm.NOW));
            players.add(player);
        }
    }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args[0]), "rate");
        int trades = args.length > 1 ? Integer.parseInt(args[1]) : 100_000;
        int players = args.length > 2 ? Integer.parseInt(args[2]) : 200;
        try (RedisProcess redis = RedisProcess.start(folder);
                RedisStore store = RedisStore.open(
                        new StoreSettings(
                                StoreSettings.Kind.REDIS,
                                Path.of("unused"),
                                IN_FLIGHT,
                                100_000_000,
                                new StoreSettings.Redis(redis.uri(), false, 5000)),
                        "main",
                        false)) {
            RedisSettlementRate rate = new RedisSettlementRate(redis, store, players, System.out);
            for (int round = 0; round < ROUNDS; round++) {
                rate.throughThePort(trades);
                rate.bare(trades);
            }
        }
    }

    private Settlement next() {
        int from = random.nextInt(players.size());
        int to = (from + 1 + random.nextInt(players.size() - 1)) % players.size();
        return Realm.wish(players.get(from), players.get(to), Goods.of("gold", 1), Goods.of("potion", 1));
    }

    private void throughThePort(int trades) throws IOException, InterruptedException {
        Semaphore free = new Semaphore(IN_FLIGHT - 1);
        AtomicInteger failed = new AtomicInteger();
        Clocks start = Clocks.read(redis);
        for (int i = 0; i < trades; i++) {
            free.acquire();
            realm.ask(next(), Realm.EVENT).whenComplete((settled, failure) -> {
                free.release();
                if (failure != null || settled.proposerAfter() == null) {
                    failed.incrementAndGet();
                }
            });
        }
        free.acquire(IN_FLIGHT - 1);
        say("through the port", trades, start, failed.get());
    }

    private void bare(int trades) throws Exception {
        Settlements settlements = new Settlements(new Keys("main"), "", 100_000_000);
        List<byte[]> calls = new ArrayList<>();
        for (int i = 0; i < trades; i++) {
            Request request = settlements.request(next(), Realm.ROOM, realm.fence(), Realm.NOW, Realm.EVENT);
            ByteBuf bytes = Unpooled.buffer();
            new Command<>(
                            CommandType.EVALSHA,
                            new StatusOutput<>(ByteArrayCodec.INSTANCE),
                            request.call(Script.SETTLE, false))
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
