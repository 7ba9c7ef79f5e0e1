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
 * The recipe as textbooks have it, as a baseline: for each trade one lock in Redis, {@code SET NX EX}, then read both
 * players, write both, publish and wait for the confirm, {@code DEL}.
 *
 * <p>It gets what can be had without changing the recipe: each worker has a room that it shares with as few others as
 * there are rooms, reads and writes of the two players go out together, no thread waits for anything, and there are as
 * many workers as make it fastest.
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

    /** @param trial of each number of workers */
    static TextbookLock hot(Backends backends, Duration trial, Stop stop) {
        return new TextbookLock(backends, trial, stop, "lockHot", 1, List.of(1, 2, 4, 8));
    }

    /** @param trial of each number of workers */
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
    public Load start() throws IOException, InterruptedException {
        if (workers == 0) {
            workers = fastest();
        }
        return start(workers);
    }

    private int fastest() throws IOException, InterruptedException {
        int best = 0;
        long most = -1;
        for (int candidate : candidates) {
            try (Load load = start(candidate)) {
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

    private Load start(int count) throws IOException {
        RedisClient redis = RedisClient.create(backends.redisUri());
        ConfirmedPublisher publisher = new ConfirmedPublisher(backends.rabbitUri(), 4_096);
        RedisAsyncCommands<String, String> commands = redis.connect().async();
        List<CompletionStage<?>> asked = new ArrayList<>(List.of(commands.flushall()));
        for (int player = 0; player < rooms * PLAYERS_PER_ROOM; player++) {
            asked.add(commands.hset(
                    playerKey(player), Map.of("gold", Long.toString(STACK), "potion", Long.toString(STACK))));
        }
        for (CompletionStage<?> each : asked) {
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
