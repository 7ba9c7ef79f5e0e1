package tavern.bench.trades;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tavern.bench.Stop;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.server.store.TransactionResult;

/**
 * Writes trades into a store as if they had been made one after another over a long time, up to now. What is older than
 * the window is forgotten on the way, as a server does. Its methods block and must be called from one thread.
 */
public final class History implements AutoCloseable {
    private static final int IN_FLIGHT = 1_000;
    private static final int PLAYERS = 400;
    private static final int TIMEOUT_SECONDS = 60;

    /** Within this time, all of the ledger that is not kept any more has to be in the archive and gone. */
    private static final int ARCHIVED_SECONDS_MAX = 300;

    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    /** An entry stays for a part of a segment longer than it is kept. */
    private static final long KEPT_LONGER_MILLIS_MAX = TimeUnit.DAYS.toMillis(2);

    /** Outcomes are looked for after this many trades; fewer of them are forgotten at once than became old meanwhile. */
    private static final int TRADES_BETWEEN_UPKEEP = 500;

    private static final int FORGOTTEN_AT_ONCE = 250;
    private static final RoomId ROOM = new RoomId("market");

    private final LocalTavern tavern;
    private final long windowMillis;
    private final long spanMillis;
    private final long trades;
    private final long nowMillis = System.currentTimeMillis();
    private final long fence;
    private final List<Player> players = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(1);
    private final Semaphore free = new Semaphore(IN_FLIGHT);
    private volatile long written;
    private volatile @Nullable Throwable failed;

    /**
     * Opens the store.
     *
     * @param settings of the server
     * @param trades number of trades in the whole span
     */
    History(Map<String, String> settings, long trades, long windowMillis, long spanMillis) throws IOException {
        this.trades = trades;
        this.windowMillis = windowMillis;
        this.spanMillis = spanMillis;
        tavern = LocalTavern.start(settings);
        List<CompletionStage<Player>> opened = IntStream.range(0, PLAYERS)
                .mapToObj(i -> tavern.create("trader-" + i, millisOf(0)))
                .toList();
        for (CompletionStage<Player> player : opened) {
            players.add(Waiting.on(player));
        }
        fence = Waiting.on(tavern.fenceOf(ROOM.name()));
    }

    /** Fills an embedded store with trades of the last hour. @param folder the server's folder */
    public static void fill(Path folder, long trades) throws IOException, InterruptedException {
        Map<String, String> settings = new TreeMap<>(Setup.embedded().settings());
        settings.put("store.path", folder.toString());
        try (History history = new History(settings, trades, TimeUnit.DAYS.toMillis(1), TimeUnit.HOURS.toMillis(1))) {
            history.writeUntil(trades);
        }
    }

    /** Number of entries that the ledger has now: the players' starter kits and the trades. */
    long entries() {
        return PLAYERS + written;
    }

    /** From now on, what is older than the window goes into an archive, as on a server with these settings. */
    void archive() {
        tavern.archive(() -> Instant.ofEpochMilli(millisOf(written)));
    }

    /** Waits until what is older than the window has left the ledger. */
    void awaitArchived(Stop stop) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ARCHIVED_SECONDS_MAX);
        while (tavern.oldestEntryMillis() < millisOf(written) - windowMillis - KEPT_LONGER_MILLIS_MAX) {
            if (System.nanoTime() > deadline) {
                throw new IOException("the ledger is not archived in " + ARCHIVED_SECONDS_MAX + " s");
            }
            tavern.wakeArchivist();
            stop.pass(POLL_INTERVAL);
        }
    }

    /** Writes trades until there are this many, and waits until all are committed and what is old is forgotten. */
    void writeUntil(long count) throws IOException, InterruptedException {
        while (written < count) {
            free.acquire();
            long atMillis = millisOf(written);
            written = written + 1;
            int first = random.nextInt(PLAYERS);
            Player partner = players.get((first + 1 + random.nextInt(PLAYERS - 1)) % PLAYERS);
            tavern.transact(PlainTrade.of(players.get(first), partner, ROOM, fence, random.nextLong(), atMillis, null))
                    .whenComplete(this::answered);
            if (written % TRADES_BETWEEN_UPKEEP == 0) {
                forget();
                throwIfFailed();
            }
        }
        if (!free.tryAcquire(IN_FLIGHT, TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("some transactions were never answered");
        }
        free.release(IN_FLIGHT);
        forget();
        throwIfFailed();
    }

    private long millisOf(long trade) {
        return nowMillis - spanMillis + Math.round((double) spanMillis * trade / trades);
    }

    private void forget() throws IOException {
        boolean more = true;
        while (more) {
            more = Waiting.on(tavern.forgetOutcomes(millisOf(written) - windowMillis, FORGOTTEN_AT_ONCE));
        }
    }

    private void answered(@Nullable TransactionResult result, @Nullable Throwable failure) {
        if (failure != null) {
            failed = failure;
        } else if (result == null || !result.isCommitted() || result.isRepeat()) {
            failed = new IOException("the store answers " + result);
        }
        free.release();
    }

    private void throwIfFailed() throws IOException {
        Throwable why = failed;
        if (why != null) {
            throw new IOException(why.toString(), why);
        }
    }

    @Override
    public void close() throws IOException {
        tavern.close();
    }
}
