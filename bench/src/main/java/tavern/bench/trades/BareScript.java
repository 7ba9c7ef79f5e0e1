package tavern.bench.trades;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tavern.server.store.Store;

/**
 * What Redis commits when one client does nothing but call the server's own script, always with many calls on their way:
 * nobody looks anything up, checks, tells or remembers. With a relay, what it commits goes on to the broker as well, and
 * counts once that has confirmed it: no server can do more on the same cores.
 */
final class BareScript implements Contender {
    private static final int IN_FLIGHT = 1_000;
    private static final int BATCH = 50;
    private static final int PLAYERS = 400;

    /** No more calls while more than this waits for the broker, so that the rate could be kept up for ever. */
    private static final long LAG_MAX = 10_000;

    private final Setup setup;
    private final Backends backends;
    private final boolean relayed;

    private BareScript(Backends backends, boolean relayed) {
        this.setup = Setup.redis(backends);
        this.backends = backends;
        this.relayed = relayed;
    }

    static BareScript alone(Backends backends) {
        return new BareScript(backends, false);
    }

    static BareScript withRelay(Backends backends) {
        return new BareScript(backends, true);
    }

    @Override
    public String key() {
        return relayed ? "bareScriptRelay" : "bareScript";
    }

    @Override
    public String title() {
        return relayed ? "bare commit script and bare relay" : "bare pipelined commit script, Redis";
    }

    @Override
    public Load start() throws IOException {
        setup.empty();
        List<Long> fences = new ArrayList<>();
        List<Long> players = new ArrayList<>();
        try (LocalTavern tavern = LocalTavern.start(setup.settings())) {
            List<CompletionStage<Long>> acquired = IntStream.range(0, Crowd.ROOMS)
                    .mapToObj(room -> tavern.fenceOf("room-" + room))
                    .toList();
            List<CompletionStage<Long>> opened = IntStream.range(0, PLAYERS)
                    .mapToObj(i -> idOf(tavern, "trader-" + i))
                    .toList();
            for (CompletionStage<Long> fence : acquired) {
                fences.add(Waiting.on(fence));
            }
            for (CompletionStage<Long> player : opened) {
                players.add(Waiting.on(player));
            }
        }
        return new Calling(fences, players);
    }

    private static CompletionStage<Long> idOf(LocalTavern tavern, String name) {
        return tavern.players()
                .open(name)
                .thenApply(record -> record.player().id().value());
    }

    private static String script() throws IOException {
        return text("common.lua") + text("settle.lua");
    }

    private static String text(String name) throws IOException {
        try (InputStream file = Store.class.getResourceAsStream("redis/" + name)) {
            if (file == null) {
                throw new IOException("the server has no script " + name);
            }
            return new String(file.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private final class Calling implements Load {
        private final List<Long> fences;
        private final List<Long> players;
        private final RedisClient client = RedisClient.create(backends.redisUri());
        private final RedisAsyncCommands<String, byte[]> commands;
        private final StatefulRedisConnection<String, byte[]> connection;
        private final String digest;
        private final SplittableRandom random = new SplittableRandom(1);
        private final Semaphore free = new Semaphore(IN_FLIGHT);
        private final LongAdder committed = new LongAdder();
        private final Worker worker;
        private final @Nullable BareRelay relay;
        private volatile @Nullable String fault;

        Calling(List<Long> fences, List<Long> players) throws IOException {
            this.fences = fences;
            this.players = players;
            connection = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
            commands = connection.async();
            digest = connection.sync().scriptLoad(script());
            connection.setAutoFlushCommands(false);
            relay = relayed ? new BareRelay(client, backends.rabbitUri()) : null;
            worker = Worker.start("script", this::batch);
        }

        private void batch() throws InterruptedException {
            if (lag() > LAG_MAX) {
                TimeUnit.MILLISECONDS.sleep(1);
                return;
            }
            free.acquire(BATCH);
            for (int i = 0; i < BATCH; i++) {
                call();
            }
            connection.flushCommands();
        }

        private void call() {
            int room = random.nextInt(fences.size());
            int first = random.nextInt(players.size());
            int second = (first + 1 + random.nextInt(players.size() - 1)) % players.size();
            ScriptCall call = new ScriptCall(
                    "room-" + room,
                    fences.get(room),
                    players.get(first),
                    players.get(second),
                    new UUID(random.nextLong(), random.nextLong()),
                    relayed);
            commands.<List<Object>>evalsha(digest, ScriptOutputType.MULTI, call.keys(), call.values())
                    .whenComplete(this::answered);
        }

        private void answered(@Nullable List<Object> reply, @Nullable Throwable failure) {
            if (failure != null || reply == null || !reply.get(0).equals(ScriptCall.COMMITTED)) {
                fault = failure != null ? failure.toString() : "the script says " + reply;
            } else {
                committed.increment();
            }
            // Last: who has all of them back has counted all.
            free.release();
        }

        @Override
        public long done() {
            return relay == null ? committed.sum() : relay.confirmed();
        }

        @Override
        public long lag() {
            return relay == null ? 0 : committed.sum() - relay.confirmed();
        }

        @Override
        public void close() throws IOException, InterruptedException {
            try {
                worker.end();
                boolean all = free.tryAcquire(IN_FLIGHT, 20, TimeUnit.SECONDS);
                String wrong = fault;
                if (relay != null) {
                    relay.finish(committed.sum());
                }
                if (wrong != null || !all) {
                    throw new IOException(wrong != null ? wrong : "some calls were never answered");
                }
            } finally {
                client.shutdown();
            }
            try (LocalTavern tavern = LocalTavern.start(setup.settings())) {
                tavern.check(committed.sum());
            }
        }
    }
}
