package tavern.sim.bots;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tavern.client.ClientTransport;
import tavern.sim.audit.AuditResult;
import tavern.sim.ledger.LedgerConsumer;
import tavern.sim.measure.Latencies;
import tavern.sim.measure.SecondsTimeline;
import tavern.sim.oracle.Tally;

/** A whole run, read top to bottom, on the caller's thread; the bots live on their event loops. */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
public final class LoadRun {
    private static final int CONNECTS_AT_ONCE = 32;
    private static final int CONNECT_SECONDS_MAX = 90;
    /** Longer than an offer stays open. */
    private static final int SETTLE_SECONDS_MAX = 40;

    private final BotSettings settings;
    private final SecondsTimeline timeline;
    private final Phases phases;

    public LoadRun(BotSettings settings, RunProgress progress) {
        this.settings = settings;
        this.phases = new Phases(progress);
        this.timeline = new SecondsTimeline(settings.threads());
    }

    /** The latencies recorded so far, except those of the current second. Safe on any thread. */
    public Latencies soFar() {
        return timeline.soFar();
    }

    /** Ends the load early; the run still settles and audits as usual. Safe on any thread. */
    public void stop() {
        phases.stop();
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
            probe(group.next());
            consumer = settings.feedUri() == null ? null : LedgerConsumer.open(settings.feedUri());
            List<BotLoop> loops = assemble(group);

            long began = System.nanoTime();
            connect(loops);
            double connectSeconds = secondsSince(began);

            began = System.nanoTime();
            forEach(loops, BotLoop::startLoad);
            phases.load(settings.duration());
            forEach(loops, BotLoop::stopLoad);
            double loadSeconds = secondsSince(began);

            phases.begin("settle");
            settle(loops);
            forEach(loops, BotLoop::finish);

            phases.begin("audit");
            leave(loops);
            for (BotLoop loop : loops) {
                loop.log().close();
            }
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

    /** One of the servers at least must be there. */
    private void probe(EventLoop loop) throws IOException, InterruptedException {
        IOException first = null;
        for (int server = 0; server < settings.servers().size(); server++) {
            try {
                Phases.probe(settings.login(settings.botName(0), server), loop);
                return;
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        throw first == null ? new IOException("no servers") : first;
    }

    private List<BotLoop> assemble(EventLoopGroup group) throws IOException {
        List<BotLoop> loops = new ArrayList<>();
        for (int i = 0; i < settings.threads(); i++) {
            loops.add(new BotLoop(group.next(), timeline, BotLog.to(settings.log(), i)));
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
        phases.begin("connect");
        Phases.await(ramps, CONNECT_SECONDS_MAX);
    }

    private static void settle(List<BotLoop> loops) throws InterruptedException {
        List<CompletableFuture<Void>> settled = new ArrayList<>();
        loops.forEach(loop -> settled.add(Phases.until(loop.loop(), loop::isSettled)));
        Phases.await(settled, SETTLE_SECONDS_MAX);
        settled.forEach(each -> each.complete(null));
    }

    private static void leave(List<BotLoop> loops) throws InterruptedException {
        List<CompletableFuture<Void>> left = new ArrayList<>();
        forEach(loops, loop -> loop.bots().forEach(bot -> left.add(bot.leave())));
        Phases.await(left, 10);
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
