package tavern.bench.trades;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import tavern.bench.Stop;

/**
 * The textbook recipe as a baseline: for each trade take one lock in Redis ({@code SET NX EX}), read both players,
 * write
 * both, publish, wait for the confirm, and release the lock ({@code DEL}).
 *
 * <p>It is as fast as possible without changing the recipe: workers are spread evenly over the rooms, the two players'
 * reads and writes are sent together, no thread blocks, and the number of workers is the one that makes it fastest.
 */
final class TextbookLock implements Contender {
    private static final long STACK = 1_000_000_000L;
    private static final int PLAYERS_PER_ROOM = 8;

    private final Backends backends;
    private final Duration trial;
    private final Stop stop;
    private final String key;
    private final int rooms;
    private final List<Integer> candidates;
    private int workers;

    private TextbookLock(
            Backends backends, Duration trial, Stop stop, String key, int rooms, List<Integer> candidates) {
        this.backends = backends;
        this.trial = trial;
        this.stop = stop;
        this.key = key;
        this.rooms = rooms;
        this.candidates = candidates;
    }

    /** @param trial how long each number of workers is tried */
    static TextbookLock hot(Backends backends, Duration trial, Stop stop) {
        return new TextbookLock(backends, trial, stop, "lockHot", 1, List.of(1, 2, 4, 8));
    }

    /** @param trial how long each number of workers is tried */
    static TextbookLock spread(Backends backends, Duration trial, Stop stop) {
        return new TextbookLock(backends, trial, stop, "lock", Crowd.ROOMS, List.of(100, 200, 400));
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String title() {
        return "textbook lock, " + (rooms == 1 ? "one hot room" : rooms + " rooms");
    }

    @Override
    public TradeLoad start() throws IOException, InterruptedException {
        if (workers == 0) {
            workers = fastest();
        }
        return start(workers);
    }

    private int fastest() throws IOException, InterruptedException {
        int best = 0;
        long most = -1;
        for (int candidate : candidates) {
            try (TradeLoad load = start(candidate)) {
                stop.pass(trial.dividedBy(2));
                long before = load.done();
                stop.pass(trial);
                long done = load.done() - before;
                if (done > most) {
                    most = done;
                    best = candidate;
                }
            }
        }
        return best;
    }

    private TradeLoad start(int count) throws IOException {
        RedisClient redis = RedisClient.create(backends.redisUri());
        ConfirmedPublisher publisher = new ConfirmedPublisher(backends.rabbitUri(), 4_096);
        RedisAsyncCommands<String, String> commands = redis.connect().async();
        List<CompletionStage<?>> replies = new ArrayList<>(List.of(commands.flushall()));
        for (int player = 0; player < rooms * PLAYERS_PER_ROOM; player++) {
            replies.add(commands.hset(
                    playerKey(player), Map.of("gold", Long.toString(STACK), "potion", Long.toString(STACK))));
        }
        for (CompletionStage<?> each : replies) {
            Waiting.on(each);
        }
        LockWorkers load = new LockWorkers(redis, publisher, count, rooms, PLAYERS_PER_ROOM);
        load.begin();
        return load;
    }

    static String playerKey(int player) {
        return "player:" + player;
    }

    static long total(int players) {
        return 2 * STACK * players;
    }
}
