package tavern.bench.trades;

import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The workers of {@link TextbookLock}: each is a chain of asynchronous stages that starts again when it ends. */
@SuppressWarnings("FutureReturnValueIgnored") // every chain ends in ended()
final class LockWorkers implements TradeLoad {
    private static final int CONNECTIONS = 2;
    private static final int LOCK_SECONDS = 10;
    private static final int TIMEOUT_SECONDS = 20;

    private final RedisClient redis;
    private final ConfirmedPublisher publisher;
    private final int workers;
    private final int rooms;
    private final int playersPerRoom;
    private final List<RedisAsyncCommands<String, String>> connections = new ArrayList<>();
    private final ExecutorService publishing = Executors.newSingleThreadExecutor(task -> new Thread(task, "publisher"));
    private final ScheduledExecutorService later =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "retry"));
    private final LongAdder done = new LongAdder();
    private final Semaphore idle = new Semaphore(0);
    private volatile boolean ending;
    private volatile @Nullable Throwable failure;

    LockWorkers(RedisClient redis, ConfirmedPublisher publisher, int workers, int rooms, int playersPerRoom) {
        this.redis = redis;
        this.publisher = publisher;
        this.workers = workers;
        this.rooms = rooms;
        this.playersPerRoom = playersPerRoom;
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(redis.connect().async());
        }
    }

    void begin() {
        for (int i = 0; i < workers; i++) {
            new Chain(i).next();
        }
    }

    /** One worker, which makes one trade at a time in its room. */
    private final class Chain {
        private final RedisAsyncCommands<String, String> commands;
        private final SplittableRandom random;
        private final String room;
        private final String lock;
        private final String token;
        private final int firstPlayer;

        Chain(int number) {
            int roomNumber = number % rooms;
            commands = connections.get(number % connections.size());
            random = new SplittableRandom(number);
            room = "room-" + roomNumber;
            lock = "lock:" + room;
            token = Integer.toString(number);
            firstPlayer = roomNumber * playersPerRoom;
        }

        void next() {
            if (ending) {
                idle.release();
            } else {
                commands.set(lock, token, SetArgs.Builder.nx().ex(LOCK_SECONDS)).whenComplete(this::locked);
            }
        }

        private void locked(@Nullable String answer, @Nullable Throwable failed) {
            if (failed != null) {
                ended(failed);
            } else if (answer == null) {
                later.schedule(this::next, 1_000 + random.nextInt(2_000), TimeUnit.MICROSECONDS);
            } else {
                trade();
            }
        }

        private void trade() {
            int giver = random.nextInt(playersPerRoom);
            int taker = (giver + 1 + random.nextInt(playersPerRoom - 1)) % playersPerRoom;
            String from = TextbookLock.playerKey(firstPlayer + giver);
            String to = TextbookLock.playerKey(firstPlayer + taker);
            commands.hgetall(from)
                    .thenCombine(commands.hgetall(to), (giving, taking) -> write(from, giving, to, taking))
                    .thenCompose(written -> written)
                    .thenCompose(written -> publish(giver, taker))
                    .thenCompose(published -> commands.del(lock))
                    .whenComplete((deleted, failed) -> {
                        if (failed != null) {
                            ended(failed);
                        } else {
                            done.increment();
                            next();
                        }
                    });
        }

        private CompletionStage<?> write(
                String from, Map<String, String> giving, String to, Map<String, String> taking) {
            return commands.hset(from, moved(giving, -1))
                    .thenCombine(commands.hset(to, moved(taking, 1)), (first, second) -> second);
        }

        private Map<String, String> moved(Map<String, String> goods, int gold) {
            return Map.of("gold", sum(goods.get("gold"), gold), "potion", sum(goods.get("potion"), -gold));
        }

        private static String sum(@Nullable String count, int change) {
            if (count == null) {
                throw new IllegalStateException("a player has nothing");
            }
            return Long.toString(Long.parseLong(count) + change);
        }

        private CompletionStage<Void> publish(int giver, int taker) {
            CompletableFuture<Void> confirmed = new CompletableFuture<>();
            publishing.execute(() -> {
                byte[] body = TradeMessages.transactionCommitted(room, firstPlayer + giver, firstPlayer + taker);
                String id = token + "-" + random.nextLong();
                try {
                    publisher.publish("trade.main." + room, id, body, () -> confirmed.complete(null));
                } catch (IOException | InterruptedException e) {
                    confirmed.completeExceptionally(e);
                }
            });
            return confirmed;
        }

        private void ended(Throwable failed) {
            failure = failed;
            idle.release();
        }
    }

    @Override
    public long done() {
        return done.sum();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        ending = true;
        try (publisher) {
            boolean allIdle = idle.tryAcquire(workers, TIMEOUT_SECONDS, TimeUnit.SECONDS);
            Throwable failed = failure;
            if (!allIdle || failed != null) {
                throw new IOException(failed == null ? "a worker did not finish in time" : failed.toString(), failed);
            }
            check();
        } finally {
            publishing.shutdown();
            later.shutdown();
            redis.shutdown();
        }
    }

    private void check() throws IOException {
        int players = rooms * playersPerRoom;
        long sum = 0;
        try (StatefulRedisConnection<String, String> connection = redis.connect()) {
            List<CompletionStage<List<String>>> replies = new ArrayList<>();
            for (int player = 0; player < players; player++) {
                replies.add(connection.async().hvals(TextbookLock.playerKey(player)));
            }
            for (CompletionStage<List<String>> goods : replies) {
                sum += Waiting.on(goods).stream().mapToLong(Long::parseLong).sum();
            }
        }
        if (sum != TextbookLock.total(players)) {
            throw new IOException("goods were lost or created: " + sum + " instead of " + TextbookLock.total(players));
        }
    }
}
