package tavern.sim.games;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import tavern.client.ClientTransport;
import tavern.client.bots.BotPlayers;
import tavern.sim.bots.BotSettings;
import tavern.sim.bots.Phases;
import tavern.sim.bots.Ramp;
import tavern.sim.bots.RunProgress;
import tavern.sim.measure.Latencies;
import tavern.sim.oracle.Tally;

/** A run of a game's own bots, read top to bottom, on the caller's thread; the bots live on their event loops. */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
public final class GameBotRun {
    private static final int CONNECTS_AT_ONCE = 32;
    private static final int CONNECT_SECONDS_MAX = 60;
    private static final int SETTLE_SECONDS_MAX = 20;
    private static final int ECHO_SECONDS_MAX = 10;
    private static final int LEAVE_SECONDS_MAX = 10;

    private final BotSettings settings;
    private final String type;
    private final BotPlayers players;
    private final Phases phases;

    /** @param type the type of the rooms, as the server's configuration names it */
    public GameBotRun(BotSettings settings, String type, BotPlayers players, RunProgress progress) {
        this.settings = settings;
        this.type = type;
        this.players = players;
        this.phases = new Phases(progress);
    }

    /** Ends the load early. Safe on any thread. */
    public void stop() {
        phases.stop();
    }

    /**
     * Seats the bots, lets them play, waits for what they said, and asks them for a last check. Blocks until all is done.
     *
     * @throws IOException when the server cannot be reached at all
     */
    public GameBotReport run() throws IOException, InterruptedException {
        EventLoopGroup group = ClientTransport.loops(settings.threads());
        try {
            Phases.probe(settings.login(settings.botName(0), 0), group.next());
            List<GameBotLoop> loops = assemble(group);

            phases.begin("connect");
            connect(loops);

            long began = System.nanoTime();
            forEach(loops, GameBotLoop::startLoad);
            phases.load(settings.duration());
            forEach(loops, GameBotLoop::stopLoad);
            double seconds = (System.nanoTime() - began) / 1e9;

            phases.begin("settle");
            settle(loops);
            hearTheRest(loops);
            forEach(loops, GameBotLoop::finish);
            leave(loops);
            return report(loops, seconds);
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        }
    }

    private List<GameBotLoop> assemble(EventLoopGroup group) {
        List<GameBotLoop> loops = new ArrayList<>();
        for (int i = 0; i < settings.threads(); i++) {
            loops.add(new GameBotLoop(group.next()));
        }
        for (int bot = 0; bot < settings.bots(); bot++) {
            int room = bot % settings.rooms();
            GameBotLoop home = loops.get(room % loops.size());
            home.add(new GameBot(settings, type, players, bot, settings.roomPrefix() + room, home));
        }
        return loops;
    }

    private static void connect(List<GameBotLoop> loops) throws InterruptedException {
        List<CompletableFuture<Void>> ramps = new ArrayList<>();
        for (GameBotLoop loop : loops) {
            List<Supplier<CompletableFuture<Void>>> tasks = new ArrayList<>();
            loop.bots().forEach(bot -> tasks.add(bot::enter));
            ramps.add(Ramp.run(loop.loop(), tasks, CONNECTS_AT_ONCE));
        }
        forEach(loops, GameBotLoop::start);
        Phases.await(ramps, CONNECT_SECONDS_MAX);
    }

    private static void settle(List<GameBotLoop> loops) throws InterruptedException {
        List<CompletableFuture<Void>> settled = new ArrayList<>();
        loops.forEach(loop -> settled.add(Phases.until(loop.loop(), loop::isSettled)));
        Phases.await(settled, SETTLE_SECONDS_MAX);
        settled.forEach(each -> each.complete(null));
    }

    /** What was told to all before everything was answered is under way still: it comes before an answer that is asked for now. */
    private static void hearTheRest(List<GameBotLoop> loops) throws InterruptedException {
        List<CompletableFuture<Void>> echoes = new ArrayList<>();
        forEach(loops, loop -> loop.bots().forEach(bot -> echoes.add(bot.echo())));
        Phases.await(echoes, ECHO_SECONDS_MAX);
    }

    private static void leave(List<GameBotLoop> loops) throws InterruptedException {
        List<CompletableFuture<Void>> left = new ArrayList<>();
        forEach(loops, loop -> loop.bots().forEach(bot -> left.add(bot.leave())));
        Phases.await(left, LEAVE_SECONDS_MAX);
    }

    private GameBotReport report(List<GameBotLoop> loops, double seconds) throws InterruptedException {
        Tally total = new Tally();
        Histogram turnMicros = Latencies.histogram();
        long[] turns = {0};
        forEach(loops, loop -> {
            total.merge(loop.tally());
            turnMicros.add(loop.turnMicros());
            turns[0] += loop.turnsInLoad();
        });
        return GameBotReport.of(settings, type, players.game(), seconds, turns[0], total, turnMicros);
    }

    /** Runs the task on each loop's own thread, one after another, and returns when all have run it. */
    private static void forEach(List<GameBotLoop> loops, Consumer<GameBotLoop> task) throws InterruptedException {
        for (GameBotLoop loop : loops) {
            loop.loop().submit(() -> task.accept(loop)).sync();
        }
    }
}
