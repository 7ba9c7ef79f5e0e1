package tavern.bench.consoles;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import tavern.bench.Stop;
import tavern.sim.bots.BotSettings;
import tavern.sim.bots.LoadRun;
import tavern.sim.bots.RunResult;
import tavern.sim.measure.Latencies;

/** Bots of client-sim who play until they are told to stop, and check all that they see. */
final class Players implements AutoCloseable {
    static final String ROOMS = "room-";
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final int LOOPS = 2;
    private static final long SEED = 42;

    private final CountDownLatch playing = new CountDownLatch(1);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final LoadRun run;
    private final Future<RunResult> result;

    private Players(InetSocketAddress server, Play play) {
        BotSettings settings = new BotSettings(
                server.getHostString(),
                server.getPort(),
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
                null);
        run = new LoadRun(settings, (phase, share) -> {
            if ("load".equals(phase)) {
                playing.countDown();
            }
        });
        result = thread.submit(run::run);
    }

    /** Blocks until all are in their rooms and play. */
    static Players enter(InetSocketAddress server, Play play, Stop stop) throws IOException, InterruptedException {
        Players players = new Players(server, play);
        try {
            while (players.playing.getCount() > 0) {
                if (players.result.isDone()) {
                    players.leave();
                }
                stop.pass(LOOK_AGAIN);
            }
            return players;
        } catch (IOException | InterruptedException | RuntimeException e) {
            players.close();
            throw e;
        }
    }

    /** Of all players, from the beginning until now but for the last second. */
    Latencies soFar() {
        return run.soFar();
    }

    /** Blocks until trades under way have ended. @throws IOException when anything was lost, doubled or forged */
    void leave() throws IOException, InterruptedException {
        run.stop();
        try {
            if (!result.get().holds()) {
                throw new IOException("the bots saw something wrong; bin/bots tells more");
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
