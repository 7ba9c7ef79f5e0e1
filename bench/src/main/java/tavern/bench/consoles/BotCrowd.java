package tavern.bench.consoles;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import tavern.bench.Stop;
import tavern.sim.bots.BotSettings;
import tavern.sim.bots.LoadRun;
import tavern.sim.bots.RunResult;
import tavern.sim.measure.Latencies;
import tavern.sim.oracle.Count;

/** Bots of client-sim that play until {@link #leave} and check everything that they see. */
final class BotCrowd implements AutoCloseable {
    static final String ROOMS = "room-";
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    private static final int LOOPS = 2;
    private static final long SEED = 42;

    private final CountDownLatch playing = new CountDownLatch(1);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final LoadRun run;
    private final Future<RunResult> result;

    private BotCrowd(InetSocketAddress server, Play play) {
        BotSettings settings = new BotSettings(
                List.of(server),
                play.players(),
                play.rooms(),
                LONGEST,
                play.moveRate(),
                play.chatRate(),
                play.tradeRate(),
                0,
                SEED,
                LOOPS,
                ROOMS,
                "bench",
                UnaryOperator.identity(),
                null,
                null,
                null);
        run = new LoadRun(settings, (phase, share) -> {
            if ("load".equals(phase)) {
                playing.countDown();
            }
        });
        result = thread.submit(run::run);
    }

    /** Blocks until all bots are in their rooms and play. */
    static BotCrowd enter(InetSocketAddress server, Play play, Stop stop) throws IOException, InterruptedException {
        BotCrowd players = new BotCrowd(server, play);
        try {
            while (players.playing.getCount() > 0) {
                if (players.result.isDone()) {
                    players.leave();
                }
                stop.pass(POLL_INTERVAL);
            }
            return players;
        } catch (IOException | InterruptedException | RuntimeException e) {
            players.close();
            throw e;
        }
    }

    /** The latencies of all players from the beginning until now, except those of the last second. */
    Latencies soFar() {
        return run.soFar();
    }

    private static String faults(RunResult found) {
        return Arrays.stream(Count.values())
                .filter(count -> count.isFault() && found.tally().get(count) != 0)
                .map(count -> count + " " + found.tally().get(count))
                .collect(Collectors.joining(", "));
    }

    /** Blocks until pending trades have ended. @throws IOException if anything was lost, duplicated or forged */
    void leave() throws IOException, InterruptedException {
        run.stop();
        try {
            RunResult found = result.get();
            if (!found.holds()) {
                throw new IOException("the bots found faults: " + faults(found) + "; " + found.audit());
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    @Override
    public void close() {
        run.stop();
        thread.shutdownNow();
    }
}
