package tavern.sim.games;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import tavern.sim.measure.Latencies;
import tavern.sim.oracle.Count;
import tavern.sim.oracle.Tally;

/** One event loop with its bots, its clock and its counts. All fields are confined to that loop's thread. */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
final class GameBotLoop {
    private static final long PACE_MILLIS = 5;

    private final EventLoop loop;
    private final Tally tally = new Tally();
    private final Histogram turnMicros = Latencies.histogram();
    private final List<GameBot> bots = new ArrayList<>();
    private boolean loading;
    private boolean over;
    private long turnsBefore;
    private long turnsInLoad;

    GameBotLoop(EventLoop loop) {
        this.loop = loop;
    }

    void add(GameBot bot) {
        bots.add(bot);
    }

    EventLoop loop() {
        return loop;
    }

    Tally tally() {
        return tally;
    }

    Histogram turnMicros() {
        return turnMicros;
    }

    List<GameBot> bots() {
        return bots;
    }

    boolean isLoading() {
        return loading;
    }

    /** Whether the load is over: nothing new is said. */
    boolean isOver() {
        return over;
    }

    /** How many turns were carried out while the load ran. */
    long turnsInLoad() {
        return turnsInLoad;
    }

    void start() {
        loop.scheduleAtFixedRate(this::pace, PACE_MILLIS, PACE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void pace() {
        long now = System.nanoTime();
        for (GameBot bot : bots) {
            bot.act(now);
        }
    }

    void startLoad() {
        loading = true;
        turnsBefore = tally.get(Count.TURNS_DONE);
        long now = System.nanoTime();
        bots.forEach(bot -> bot.startLoad(now));
    }

    void stopLoad() {
        loading = false;
        over = true;
        turnsInLoad = tally.get(Count.TURNS_DONE) - turnsBefore;
    }

    boolean isSettled() {
        return bots.stream().noneMatch(GameBot::isWaiting);
    }

    void finish() {
        bots.forEach(GameBot::finish);
    }
}
