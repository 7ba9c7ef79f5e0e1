package tavern.sim.bots;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tavern.sim.audit.AuditResult;
import tavern.client.ClientListener;
import tavern.client.ClientSettings;
import tavern.client.ClientTransport;
import tavern.client.TavernClient;
import tavern.sim.ledger.LedgerConsumer;
import tavern.sim.measure.Latencies;
import tavern.sim.measure.SecondsTimeline;
import tavern.sim.oracle.Tally;

/** A whole run, read top to bottom, on the caller's thread; the bots live on their event loops. */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
public final class LoadRun {
    /** Receives the progress of the run, on the thread that called {@link LoadRun#run}. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Called a few times a second.
         *
         * @param share the share of the phase that is done, 0 to 1
         */
        void at(String phase, double share);
    }

    private static final int CONNECTS_AT_ONCE = 32;
    private static final int CONNECT_SECONDS_MAX = 90;
    /** Longer than an offer stays open. */
    private static final int SETTLE_SECONDS_MAX = 40;

    private static final int SETTLE_POLL_MILLIS = 50;
    private static final int PROGRESS_MILLIS = 200;

    private final BotSettings settings;
    private final Progress progress;
    private final SecondsTimeline timeline;
    private final CountDownLatch stop = new CountDownLatch(1);

    public LoadRun(BotSettings settings, Progress progress) {
        this.settings = settings;
        this.progress = progress;
        this.timeline = new SecondsTimeline(settings.threads());
    }

    /** The latencies recorded so far, except those of the current second. Safe on any thread. */
    public Latencies soFar() {
        return timeline.soFar();
    }

    /** Ends the load early; the run still settles and audits as usual. Safe on any thread. */
    public void stop() {
        stop.countDown();
    }

    /**
     * Connects, loads, settles, counts and audits. Blocks until all is done.
     *
     * @throws IOException when the server cannot be reached at all, or the store or the feed cannot be read
     */
    public RunResult run() throws IOException, InterruptedException {
        EventLoopGroup group = ClientTransport.loops(settings.threads());
        LedgerConsumer consumer = null;
        try {
            probe(group);
            consumer = settings.feedUri() == null ? null : LedgerConsumer.open(settings.feedUri());
            List<BotLoop> loops = assemble(group);

            long began = System.nanoTime();
            connect(loops);
            double connectSeconds = secondsSince(began);

            began = System.nanoTime();
            forEach(loops, BotLoop::startLoad);
            load();
            forEach(loops, BotLoop::stopLoad);
            double loadSeconds = secondsSince(began);

            progress.at("settle", 0);
            settle(loops);
            forEach(loops, BotLoop::finish);

            progress.at("audit", 0);
            leave(loops);
            AuditResult audit = new Auditor(settings, loops, consumer).run();
            Tally total = new Tally();
            for (BotLoop loop : loops) {
                total.merge(loop.tally());
            }
            return new RunResult(
                    settings, loadSeconds, connectSeconds, total, timeline.total(), timeline.seconds(), audit);
        } finally {
            if (consumer != null) {
                consumer.close();
            }
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        }
    }

    /** Opens one connection first: an unreachable server should give one clear line, not one for each bot. */
    private void probe(EventLoopGroup group) throws IOException, InterruptedException {
        ClientSettings login = ClientSettings.of(
                settings.host(), settings.port(), settings.tokens().apply(settings.botName(0)));
        TavernClient client = new TavernClient(login, group.next(), new ClientListener() {});
        try {
            client.connect().get(CONNECT_SECONDS_MAX, TimeUnit.SECONDS);
            client.bye();
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            // Netty's own messages describe system calls.
            String why = cause instanceof ConnectException
                    ? "connection refused"
                    : cause instanceof UnknownHostException ? "unknown host" : cause.getMessage();
            throw new IOException("cannot log in at " + settings.host() + ":" + settings.port() + ": " + why, cause);
        }
    }

    private List<BotLoop> assemble(EventLoopGroup group) {
        List<BotLoop> loops = new ArrayList<>();
        for (int i = 0; i < settings.threads(); i++) {
            loops.add(new BotLoop(group.next(), timeline));
        }
        for (int r = 0; r < settings.rooms(); r++) {
            BotLoop home = loops.get(r % loops.size());
            List<Integer> indices = new ArrayList<>();
            for (int bot = r; bot < settings.bots(); bot += settings.rooms()) {
                indices.add(bot);
            }
            List<String> names = indices.stream().map(settings::botName).toList();
            BotRoom room = new BotRoom(settings.roomPrefix() + r, settings.run(), names, home.tally());
            for (int index : indices) {
                room.add(new Bot(settings, index, room.bots().size(), room, home));
            }
            home.add(room);
        }
        return loops;
    }

    private void connect(List<BotLoop> loops) throws InterruptedException {
        List<CompletableFuture<Void>> ramps = new ArrayList<>();
        for (BotLoop loop : loops) {
            List<Supplier<CompletableFuture<Void>>> tasks = new ArrayList<>();
            loop.bots().forEach(bot -> tasks.add(bot::enter));
            ramps.add(Ramp.run(loop.loop(), tasks, CONNECTS_AT_ONCE));
        }
        progress.at("connect", 0);
        await(ramps, CONNECT_SECONDS_MAX);
    }

    private void load() throws InterruptedException {
        long began = System.nanoTime();
        long nanos = settings.duration().toNanos();
        for (long left = nanos; left > 0; left = nanos - (System.nanoTime() - began)) {
            progress.at("load", 1 - (double) left / nanos);
            long millis = Math.max(1, Math.min(PROGRESS_MILLIS, TimeUnit.NANOSECONDS.toMillis(left)));
            if (stop.await(millis, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
        progress.at("load", 1);
    }

    private static void settle(List<BotLoop> loops) throws InterruptedException {
        List<CompletableFuture<Void>> settled = new ArrayList<>();
        for (BotLoop loop : loops) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            loop.loop()
                    .scheduleAtFixedRate(
                            () -> {
                                if (!done.isDone() && loop.isSettled()) {
                                    done.complete(null);
                                }
                            },
                            SETTLE_POLL_MILLIS,
                            SETTLE_POLL_MILLIS,
                            TimeUnit.MILLISECONDS);
            settled.add(done);
        }
        await(settled, SETTLE_SECONDS_MAX);
        settled.forEach(each -> each.complete(null));
    }

    private static void leave(List<BotLoop> loops) throws InterruptedException {
        List<CompletableFuture<Void>> left = new ArrayList<>();
        forEach(loops, loop -> loop.bots().forEach(bot -> left.add(bot.leave())));
        await(left, 10);
    }

    /** Waits for all futures, or until the time is up; what is missing then shows in the counts. */
    private static void await(List<CompletableFuture<Void>> futures, int secondsMax) throws InterruptedException {
        try {
            CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).get(secondsMax, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            return;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Runs the task on each loop's own thread, one after another, and returns when all have run it. */
    private static void forEach(List<BotLoop> loops, Consumer<BotLoop> task) throws InterruptedException {
        for (BotLoop loop : loops) {
            loop.loop().submit(() -> task.accept(loop)).sync();
        }
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
