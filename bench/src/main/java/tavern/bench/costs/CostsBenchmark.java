package tavern.bench.costs;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import tavern.bench.Bench;
import tavern.bench.BenchServices;
import tavern.bench.Benchmark;
import tavern.bench.Proc;
import tavern.bench.Section;
import tavern.bench.ServerChild;
import tavern.bench.trades.Waiting;
import tavern.client.ClientTransport;

/** Counts what each kind of thing that players do costs Redis and the server. */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for idle threads to end
public final class CostsBenchmark implements Benchmark {
    private static final int ROOM = 20;

    /** Longer than it takes until chat and places are written, and the feed has published. */
    private static final Duration SETTLE = Duration.ofMillis(6_500);

    private static final Duration IDLE = Duration.ofSeconds(20);
    private static final Duration IDLE_QUICK = Duration.ofSeconds(5);

    /** How many are under way at a time. */
    private static final int TOGETHER = 20;

    @Override
    public String kind() {
        return "costs";
    }

    @Override
    public String description() {
        return "what a login, a join, a line of chat, a trade and a minute of a room cost Redis and the server";
    }

    @Override
    public boolean isInQuickLook() {
        return false;
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        return measure(bench, bench.quick() ? 2 * ROOM : 10 * ROOM, SETTLE);
    }

    /** @param players a multiple of {@link #ROOM} @param settle after each kind, before the cost is counted */
    CostsSection measure(Bench bench, int players, Duration settle) throws IOException, InterruptedException {
        bench.progress().begin(10);
        bench.progress().doing("starting Redis, RabbitMQ and a server");
        Path folder = Files.createDirectories(bench.folder().resolve("costs"));
        try (BenchServices services = BenchServices.begin(bench.root(), folder.resolve("services"))) {
            services.awaitReady();
            try (ServerChild server = ServerChild.start(folder, settings(folder, services), bench.stop());
                    RedisClient redis = RedisClient.create(services.redisUri());
                    StatefulRedisConnection<String, String> connection = redis.connect()) {
                EventLoopGroup loops = ClientTransport.loops(1);
                try {
                    return new Run(bench, server, connection, loops, players, settle).all();
                } finally {
                    loops.shutdownGracefully();
                }
            }
        }
    }

    private static Map<String, String> settings(Path folder, BenchServices services) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("store.path", folder.toString());
        settings.put("store.kind", "redis");
        settings.put("store.redis.uri", services.redisUri());
        settings.put("feed.kind", "rabbitmq");
        settings.put("feed.rabbitmq.uri", services.rabbitUri());
        settings.put("cluster.enabled", "true");
        settings.put("ops.enabled", "false");
        settings.put("limits.rates.joins", "10000");
        settings.put("limits.rates.chats", "10000");
        settings.put("limits.rates.trades", "10000");
        settings.put("limits.frames-per-second", "100000");
        return settings;
    }

    /** One server, from its first player to its last. */
    private static final class Run {
        private final Bench bench;
        private final ServerChild server;
        private final StatefulRedisConnection<String, String> redis;
        private final List<CostPlayer> players = new ArrayList<>();
        private final List<Cost> costs = new ArrayList<>();
        private final Duration settle;
        private Cost idle;

        Run(
                Bench bench,
                ServerChild server,
                StatefulRedisConnection<String, String> redis,
                EventLoopGroup loops,
                int count,
                Duration settle)
                throws IOException {
            this.bench = bench;
            this.server = server;
            this.redis = redis;
            this.settle = settle;
            this.idle = new Cost("", 1, Map.of(), 0, 0);
            InetSocketAddress address = server.address();
            for (int i = 0; i < count; i++) {
                players.add(new CostPlayer(address.getHostString(), address.getPort(), "p" + i, loops.next()));
            }
        }

        CostsSection all() throws IOException, InterruptedException {
            int count = players.size();
            // Classes are loaded and scripts are known after the first of each kind.
            each(players.subList(0, ROOM), CostPlayer::connect);
            each(players.subList(0, ROOM), player -> player.join("warm"));
            each(players.subList(0, ROOM), player -> player.chat("warm"));
            each(players.subList(0, ROOM / 2), player -> player.trade(partner(player)));
            each(players.subList(0, ROOM), CostPlayer::leave);
            bench.stop().pass(settle);
            idle = second();
            List<CostPlayer> rest = players.subList(ROOM, count);
            measure("a login of a new player", rest.size(), () -> each(rest, CostPlayer::connect));
            measure("a join that opens a room", count / ROOM, () -> each(firsts(), this::enter));
            measure("a join into an open room", count - count / ROOM, () -> each(others(), this::enter));
            measure("a second of a room with 20 players who stand still", secondsOfRooms(), this::idle);
            measure("a second of a player who walks, 10 moves", secondsOfPlayers(), this::walk);
            measure("a line of chat to 20", 5 * count, () -> {
                for (int line = 0; line < 5; line++) {
                    each(players, player -> player.chat("hello to all of you"));
                }
            });
            measure("a trade", 5 * count / 2, () -> {
                for (int i = 0; i < 5; i++) {
                    each(evens(), player -> player.trade(partner(player)));
                }
            });
            measure("leaving a room", count, () -> each(players, CostPlayer::leave));
            measure("a logout", count, () -> players.forEach(CostPlayer::bye));
            measure("a login of a player who was here", count, () -> each(players, CostPlayer::connect));
            players.forEach(CostPlayer::bye);
            return new CostsSection(count, idle, costs);
        }

        private interface Doing {
            void run() throws IOException, InterruptedException;
        }

        private void measure(String what, int times, Doing doing) throws IOException, InterruptedException {
            bench.progress().doing(what);
            RedisCount before = count();
            long micros = Proc.cpuMicros(server.pid());
            long began = System.nanoTime();
            doing.run();
            bench.stop().pass(settle);
            RedisCount done = count().since(before);
            long used = Proc.cpuMicros(server.pid()) - micros;
            costs.add(Cost.of(what, times, done, used, (System.nanoTime() - began) / 1e9, idle));
            bench.progress().step();
        }

        private Cost second() throws InterruptedException {
            bench.progress().doing("an idle server");
            RedisCount before = count();
            long micros = Proc.cpuMicros(server.pid());
            long began = System.nanoTime();
            bench.stop().pass(idleTime());
            RedisCount done = count().since(before);
            long used = Proc.cpuMicros(server.pid()) - micros;
            return Cost.ofSecond(done, used, (System.nanoTime() - began) / 1e9);
        }

        private RedisCount count() {
            return RedisCount.of(
                    redis.sync().info("commandstats") + redis.sync().info("cpu"));
        }

        private Duration idleTime() {
            return bench.quick() ? IDLE_QUICK : IDLE;
        }

        private void idle() throws InterruptedException {
            bench.stop().pass(idleTime());
        }

        /** The settling is a part of it. */
        private int secondsOfRooms() {
            return (int) idleTime().plus(settle).toSeconds() * players.size() / ROOM;
        }

        private int secondsOfPlayers() {
            return (int) idleTime().toSeconds() * players.size();
        }

        private void walk() throws InterruptedException {
            long steps = idleTime().toMillis() / 100;
            for (int step = 0; step < steps; step++) {
                players.forEach(CostPlayer::step);
                bench.stop().pass(Duration.ofMillis(100));
            }
        }

        private static void each(List<CostPlayer> some, Function<CostPlayer, CompletionStage<?>> what)
                throws IOException {
            for (int from = 0; from < some.size(); from += TOGETHER) {
                List<CompletionStage<?>> begun = new ArrayList<>();
                for (CostPlayer player : some.subList(from, Math.min(some.size(), from + TOGETHER))) {
                    begun.add(what.apply(player));
                }
                for (CompletionStage<?> one : begun) {
                    Waiting.on(one);
                }
            }
        }

        private CompletionStage<?> enter(CostPlayer player) {
            return player.join("room-" + players.indexOf(player) / ROOM);
        }

        private CostPlayer partner(CostPlayer player) {
            return players.get(players.indexOf(player) ^ 1);
        }

        private List<CostPlayer> firsts() {
            return players.stream()
                    .filter(player -> players.indexOf(player) % ROOM == 0)
                    .toList();
        }

        private List<CostPlayer> others() {
            return players.stream()
                    .filter(player -> players.indexOf(player) % ROOM != 0)
                    .toList();
        }

        private List<CostPlayer> evens() {
            return players.stream()
                    .filter(player -> players.indexOf(player) % 2 == 0)
                    .toList();
        }
    }
}
