package tavern.sim.bots;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tavern.sim.measure.Latencies;
import tavern.sim.measure.SecondsTimeline;
import tavern.sim.oracle.Tally;

/** One event loop with its rooms, its clock and its counts. All fields are confined to that loop's thread. */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
final class BotLoop {
    /** Granularity of the load's clock; counted into the latencies, since these begin when an action is due. */
    private static final long PACE_MILLIS = 5;

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final EventLoop loop;
    private final SecondsTimeline timeline;
    private final BotLog log;
    private final Tally tally = new Tally();
    private final Latencies latencies = new Latencies();
    private final List<BotRoom> rooms = new ArrayList<>();
    private final List<Bot> bots = new ArrayList<>();
    private long startNanos;
    private int second;
    private boolean loading;

    BotLoop(EventLoop loop, SecondsTimeline timeline, BotLog log) {
        this.loop = loop;
        this.log = log;
        this.timeline = timeline;
    }

    void add(BotRoom room) {
        rooms.add(room);
        bots.addAll(room.bots());
    }

    EventLoop loop() {
        return loop;
    }

    BotLog log() {
        return log;
    }

    Tally tally() {
        return tally;
    }

    Latencies latencies() {
        return latencies;
    }

    List<BotRoom> rooms() {
        return rooms;
    }

    List<Bot> bots() {
        return bots;
    }

    /** No bot starts anything new once this is false. */
    boolean isLoading() {
        return loading;
    }

    void startLoad() {
        startNanos = System.nanoTime();
        loading = true;
        bots.forEach(bot -> bot.startLoad(startNanos));
        loop.scheduleAtFixedRate(this::pace, PACE_MILLIS, PACE_MILLIS, TimeUnit.MILLISECONDS);
    }

    void stopLoad() {
        loading = false;
        long now = System.nanoTime();
        bots.forEach(bot -> bot.stopLoad(now));
    }

    private void pace() {
        long now = System.nanoTime();
        for (Bot bot : bots) {
            bot.act(now);
        }
        if (loading) {
            rooms.forEach(each -> each.sights().checkNext());
        }
        if (now - startNanos >= (second + 1) * SECOND_NANOS) {
            timeline.add(second++, latencies);
        }
    }

    boolean isSettled() {
        return rooms.stream().allMatch(BotRoom::isSettled);
    }

    void finish() {
        rooms.forEach(BotRoom::finish);
        bots.forEach(Bot::finish);
        timeline.add(second++, latencies);
    }
}
