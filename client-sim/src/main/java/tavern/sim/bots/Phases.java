package tavern.sim.bots;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import tavern.client.ClientListener;
import tavern.client.ClientSettings;
import tavern.client.TavernClient;

/** What the phases of runs have in common. Blocks the thread of the run; the bots live on their event loops. */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
public final class Phases {
    private static final int PROBE_SECONDS_MAX = 90;
    private static final int POLL_MILLIS = 50;
    private static final int PROGRESS_MILLIS = 200;

    private final RunProgress progress;
    private final CountDownLatch stop = new CountDownLatch(1);

    public Phases(RunProgress progress) {
        this.progress = progress;
    }

    /** Ends the load early. Safe on any thread. */
    public void stop() {
        stop.countDown();
    }

    public void begin(String phase) {
        progress.at(phase, 0);
    }

    /** Returns when the load has lasted so long, or is stopped. */
    public void load(Duration duration) throws InterruptedException {
        long began = System.nanoTime();
        long nanos = duration.toNanos();
        for (long left = nanos; left > 0; left = nanos - (System.nanoTime() - began)) {
            progress.at("load", 1 - (double) left / nanos);
            long millis = Math.max(1, Math.min(PROGRESS_MILLIS, TimeUnit.NANOSECONDS.toMillis(left)));
            if (stop.await(millis, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
        progress.at("load", 1);
    }

    /**
     * Logs in once, before the bots do: an unreachable server should give one clear line, not one for each bot.
     *
     * @throws IOException when that fails, with the reason for people
     */
    public static void probe(ClientSettings login, EventLoop loop) throws IOException, InterruptedException {
        TavernClient client = new TavernClient(login, loop, new ClientListener() {});
        try {
            client.connect().get(PROBE_SECONDS_MAX, TimeUnit.SECONDS);
            client.bye();
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            // Netty's own messages describe system calls.
            String why = cause instanceof ConnectException
                    ? "connection refused"
                    : cause instanceof UnknownHostException ? "unknown host" : cause.getMessage();
            throw new IOException("cannot log in at " + login.host() + ":" + login.port() + ": " + why, cause);
        }
    }

    /** Completes when the condition holds, which is asked for on the loop; whoever gives up waiting completes it himself. */
    public static CompletableFuture<Void> until(EventLoop loop, BooleanSupplier condition) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Future<?> poll = loop.scheduleAtFixedRate(
                () -> {
                    if (condition.getAsBoolean()) {
                        done.complete(null);
                    }
                },
                POLL_MILLIS,
                POLL_MILLIS,
                TimeUnit.MILLISECONDS);
        done.whenComplete((nothing, failure) -> poll.cancel(false));
        return done;
    }

    /** Waits for all futures, or until the time is up; what is missing then shows in the counts. */
    public static void await(List<CompletableFuture<Void>> futures, int secondsMax) throws InterruptedException {
        try {
            CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).get(secondsMax, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            return;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
