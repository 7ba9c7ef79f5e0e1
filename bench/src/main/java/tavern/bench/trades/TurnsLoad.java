package tavern.bench.trades;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import tavern.bench.ServerChild;

/** Players on a server in another process who take turns of a game as fast as it allows. */
final class TurnsLoad implements TradeLoad, TurnSpeaker.Turns {
    private static final int TIMEOUT_SECONDS = 60;

    private final ServerChild server;
    private final List<TurnSpeaker> speakers = new ArrayList<>();
    private final List<Future<Void>> speaking = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final LongAdder done = new LongAdder();
    private final LongAdder funded = new LongAdder();
    private volatile boolean ending;

    /**
     * Who does what where.
     *
     * @param underWay turns of one player that are not answered
     * @param accounts between which gold is moved; 0 for turns that move no goods
     * @param skew by which some accounts are chosen more often: the exponent of {@link Zipf}
     */
    record Workload(int rooms, int players, int underWay, int accounts, double skew) {}

    TurnsLoad(ServerChild server) {
        this.server = server;
    }

    static String room(int number) {
        return "room-" + number;
    }

    /** Blocks until all players are in their rooms, the accounts have gold, and turns are taken. */
    void open(Workload workload) throws IOException {
        InetSocketAddress address = server.address();
        for (int i = 0; i < workload.players(); i++) {
            speakers.add(new TurnSpeaker(this, address, "player-" + i, room(i % workload.rooms())));
        }
        fund(workload.accounts());
        Zipf accounts = new Zipf(workload.accounts(), workload.skew());
        for (int i = 0; i < speakers.size(); i++) {
            LongSupplier messages = workload.accounts() == 0 ? () -> TallyGame.TALLY : transfers(accounts, i);
            speaking.add(threads.submit(speakers.get(i).speaking(workload.underWay(), messages)));
        }
    }

    /** All at once: whoever waited for long without a word would be taken for gone. */
    private void fund(int accounts) throws IOException {
        int blocks = (accounts + TallyGame.ACCOUNTS_IN_BLOCK - 1) / TallyGame.ACCOUNTS_IN_BLOCK;
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < speakers.size(); i++) {
            int first = i;
            ends.add(CompletableFuture.runAsync(
                    () -> {
                        for (int block = first; block < blocks; block += speakers.size()) {
                            speakers.get(first).sayAndWait(TallyGame.fund(block));
                            funded.increment();
                        }
                    },
                    threads));
        }
        for (CompletableFuture<Void> each : ends) {
            Waiting.on(each);
        }
    }

    private static LongSupplier transfers(Zipf accounts, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return () -> {
            int from = accounts.next(random);
            return TallyGame.transfer(from, accounts.next(random, from));
        };
    }

    @Override
    public void carriedOut() {
        done.increment();
    }

    @Override
    public boolean isEnding() {
        return ending;
    }

    @Override
    public long done() {
        return done.sum();
    }

    /** All that were answered, also before the measurement. */
    long answered() {
        return done.sum() + funded.sum();
    }

    @Override
    public Map<String, Long> processes() {
        return Map.of("server", server.pid());
    }

    /** Cleans up after a failed start. */
    void abandon() {
        ending = true;
        threads.shutdownNow();
        server.kill();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        ending = true;
        try (server) {
            for (Future<Void> each : speaking) {
                each.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            }
            for (TurnSpeaker speaker : speakers) {
                speaker.close();
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(
                    e.getCause() == null
                            ? "some turns were never answered"
                            : e.getCause().toString(),
                    e);
        } finally {
            threads.shutdownNow();
        }
    }
}
