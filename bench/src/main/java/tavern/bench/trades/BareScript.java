package tavern.bench.trades;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.server.store.OutboxEvent;
import tavern.server.store.Transaction;
import tavern.server.store.redis.CommitCall;

/**
 * Measures what Redis commits when one client does nothing but call the server's own script with the arguments that the
 * server's store sends, always with many calls in flight: no look-ups, notifications or caches. With a relay, the trades
 * also go to the broker and count once it has confirmed them: no server can do more on the same cores.
 */
final class BareScript implements Contender {
    private static final int IN_FLIGHT = 1_000;
    private static final int BATCH = 50;
    private static final int PLAYERS = 400;

    /** Calls pause while more trades than this wait for the broker, so that the rate is sustainable. */
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
    public TradeLoad start() throws IOException {
        setup.empty();
        List<Long> fences = new ArrayList<>();
        List<Player> players = new ArrayList<>();
        try (LocalTavern tavern = LocalTavern.start(setup.settings())) {
            List<CompletionStage<Long>> acquired = IntStream.range(0, Crowd.ROOMS)
                    .mapToObj(room -> tavern.fenceOf("room-" + room))
                    .toList();
            List<CompletionStage<Player>> opened = IntStream.range(0, PLAYERS)
                    .mapToObj(i -> tavern.open("trader-" + i))
                    .toList();
            for (CompletionStage<Long> fence : acquired) {
                fences.add(Waiting.on(fence));
            }
            for (CompletionStage<Player> player : opened) {
                players.add(Waiting.on(player));
            }
        }
        return new Calling(fences, players);
    }

    private final class Calling implements TradeLoad {
        private final List<Long> fences;
        private final List<Player> players;
        private final RedisClient client = RedisClient.create(backends.redisUri());
        private final RedisAsyncCommands<byte[], byte[]> commands;
        private final StatefulRedisConnection<byte[], byte[]> connection;
        private final CommitCall call = new CommitCall(Backends.REALM);
        private final SplittableRandom random = new SplittableRandom(1);
        private final Semaphore free = new Semaphore(IN_FLIGHT);
        private final LongAdder committed = new LongAdder();
        private final LoopingThread worker;
        private final @Nullable BareRelay relay;
        private volatile @Nullable String fault;

        Calling(List<Long> fences, List<Player> players) throws IOException {
            this.fences = fences;
            this.players = players;
            connection = client.connect(ByteArrayCodec.INSTANCE);
            commands = connection.async();
            connection.sync().scriptLoad(CommitCall.text());
            connection.setAutoFlushCommands(false);
            relay = relayed ? new BareRelay(client, backends.rabbitUri()) : null;
            worker = LoopingThread.start("script", this::batch);
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
            String name = "room-" + room;
            OutboxEvent event = relayed
                    ? new OutboxEvent(
                            "trade." + Backends.REALM + "." + name,
                            TradeMessages.beforeTheCommit(
                                    name,
                                    players.get(first).id().value(),
                                    players.get(second).id().value()))
                    : null;
            Transaction trade = PlainTrade.of(
                    players.get(first),
                    players.get(second),
                    new RoomId(name),
                    fences.get(room),
                    random.nextLong(),
                    event);
            commands.dispatch(CommandType.EVALSHA, CommitCall.output(), call.arguments(trade))
                    .whenComplete(this::answered);
        }

        private void answered(@Nullable List<Object> reply, @Nullable Throwable failure) {
            if (failure != null || !CommitCall.isCommitted(reply)) {
                fault = failure != null ? failure.toString() : "the script says " + reply;
            } else {
                committed.increment();
            }
            // Release last: whoever holds all permits then knows that all answers are counted.
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
