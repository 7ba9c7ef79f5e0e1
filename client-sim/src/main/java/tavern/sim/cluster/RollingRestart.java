package tavern.sim.cluster;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.sim.Meanwhile;
import tavern.sim.report.Report;

/**
 * Restarts one server after another while bots play on all of them, as a deployment does: each is drained, so that its rooms and
 * players go to the others, stopped, and started again. Players must not notice it.
 */
final class RollingRestart implements Meanwhile, AutoCloseable {
    /** A player would take a longer silence for a game that stands still. */
    static final int SILENCE_MILLIS_MAX = 2_000;

    /** As long as a server takes for a drain at the most. */
    private static final Duration DRAIN_MAX = Duration.ofSeconds(130);

    /** For what a restart does not leave at once. */
    private static final int END_SECONDS_MAX = 60;

    /** A server, and whom to ask to drain it. */
    record Node(ServerNode server, NodeOps ops) {}

    private final List<Node> nodes;
    private final int pauseSeconds;
    private final PrintWriter out;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "rolling restart");
        made.setDaemon(true);
        return made;
    });
    private @Nullable Future<List<String>> restarts;

    /** @param pauseSeconds before the first restart, between two, and after the last */
    RollingRestart(List<Node> nodes, int pauseSeconds, PrintWriter out) {
        this.nodes = nodes;
        this.pauseSeconds = pauseSeconds;
        this.out = out;
    }

    @Override
    public void loadBegins(Runnable stop) {
        restarts = thread.submit(() -> {
            try {
                return restartAll();
            } finally {
                stop.run();
            }
        });
    }

    /** @return what went wrong */
    private List<String> restartAll() throws IOException, InterruptedException {
        List<String> faults = new ArrayList<>();
        TimeUnit.SECONDS.sleep(pauseSeconds);
        for (Node node : nodes) {
            ServerNode server = node.server();
            long began = System.nanoTime();
            node.ops().drain(DRAIN_MAX);
            long empty = System.nanoTime();
            boolean isClean = server.stop();
            long stopped = System.nanoTime();
            if (Thread.interrupted()) {
                throw new InterruptedException(); // whoever closes this takes the server for stopped
            }
            server.start();
            server.awaitReady();
            say(String.format(
                    Locale.ROOT,
                    "%s: empty after %.1f s, stopped in %.1f s, started in %.1f s",
                    server.id(),
                    (empty - began) / 1e9,
                    (stopped - empty) / 1e9,
                    (System.nanoTime() - stopped) / 1e9));
            if (!isClean) {
                faults.add(server.id() + " did not stop well; see " + server.log());
            }
            TimeUnit.SECONDS.sleep(pauseSeconds);
        }
        return faults;
    }

    @Override
    public boolean holds(Report report, PrintWriter verdict) {
        List<String> faults = new ArrayList<>(restartFaults());
        faults.addAll(faults(report));
        verdict.println(
                faults.isEmpty()
                        ? "rolling restart PASSED: no bot saw an error, every session went on, nothing was lost"
                        : "rolling restart FAILED: " + String.join("; ", faults));
        return faults.isEmpty();
    }

    private List<String> restartFaults() {
        Future<List<String>> done = restarts;
        if (done == null) {
            return List.of("the bots ended before it began");
        }
        try {
            return done.isDone()
                    ? done.get()
                    : List.of("it was not over when the bots ended; give a longer --duration");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            return List.of(String.valueOf(cause == null ? e : cause.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of("interrupted");
        }
    }

    /** What a bot saw of it. */
    static List<String> faults(Report report) {
        List<String> faults = new ArrayList<>();
        if (!report.ok()) {
            faults.add("the bots' own checks failed");
        }
        if (!report.errors().isEmpty()) {
            faults.add("bots saw errors: " + report.errors());
        }
        if (report.disconnects() > 0) {
            faults.add(report.disconnects() + " bots were disconnected");
        }
        if (report.sessions().lost() > 0) {
            faults.add(report.sessions().lost() + " sessions did not go on");
        }
        if (report.sessions().silenceMs() >= SILENCE_MILLIS_MAX) {
            faults.add(
                    "a bot heard nothing of its room for " + report.sessions().silenceMs() + " ms");
        }
        return faults;
    }

    private void say(String text) {
        out.println(text);
        out.flush();
    }

    /** Once it returns, no server is started or stopped here any more. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                say("the rolling restart has not ended within " + END_SECONDS_MAX + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
