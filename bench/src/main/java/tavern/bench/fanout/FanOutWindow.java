package tavern.bench.fanout;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import tavern.bench.Jvm;
import tavern.bench.Proc;
import tavern.bench.Stop;
import tavern.bench.load.Counts;
import tavern.bench.load.Swarm;

/**
 * What was measured in one window.
 *
 * @param cpuMicros CPU time of the server
 * @param loadMicros CPU time of this process, which is the load
 */
record FanOutWindow(int players, int roomSize, double seconds, long cpuMicros, long loadMicros, Counts counts) {
    /** In percent of one core; above it the load may be the bottleneck. */
    private static final double LOAD_PERCENT_MAX = 95;

    /**
     * Share of updates that may be missing, because two moves of a player fell into one tick or at the window's edges.
     */
    private static final double MERGED_SHARE_MAX = 0.03;

    static FanOutWindow of(MeasuredServer host, Swarm swarm, Duration length, Stop stop)
            throws IOException, InterruptedException {
        swarm.take();
        long began = System.nanoTime();
        long cpu = host.cpuMicros();
        long load = Proc.cpuMicros(Jvm.pid());
        stop.pass(length);
        Counts counts = swarm.take();
        long cpuMicros = host.cpuMicros() - cpu;
        long loadMicros = Proc.cpuMicros(Jvm.pid()) - load;
        double seconds = (System.nanoTime() - began) / 1e9;
        return new FanOutWindow(swarm.players(), swarm.roomSize(), seconds, cpuMicros, loadMicros, counts);
    }

    /** Combines several windows into one. */
    static FanOutWindow sum(List<FanOutWindow> windows) {
        Counts counts = new Counts();
        windows.forEach(window -> counts.add(window.counts()));
        FanOutWindow any = windows.get(0);
        return new FanOutWindow(
                any.players(),
                any.roomSize(),
                windows.stream().mapToDouble(FanOutWindow::seconds).sum(),
                windows.stream().mapToLong(FanOutWindow::cpuMicros).sum(),
                windows.stream().mapToLong(FanOutWindow::loadMicros).sum(),
                counts);
    }

    /** CPU time of the server per delivered position of another player. */
    double microsPerUpdate() {
        return (double) cpuMicros / counts.updates();
    }

    double bytesPerUpdate() {
        return (double) counts.snapshotBytes() / counts.updates();
    }

    double microsPerChat() {
        return (double) cpuMicros / counts.chats();
    }

    double updatesPerFrame() {
        return (double) counts.updates() / counts.snapshots();
    }

    /** CPU time of the server per player and second. */
    double microsPerPlayer() {
        return cpuMicros / seconds / players;
    }

    /** CPU of the server in percent of one core. */
    double cpuPercent() {
        return cpuMicros / seconds / 1e4;
    }

    /** CPU of the load in percent of one core. */
    double loadPercent() {
        return loadMicros / seconds / 1e4;
    }

    /** Whether the load used up its core, so that the server may not be the limit. */
    boolean isLoadFull() {
        return loadPercent() > LOAD_PERCENT_MAX;
    }

    /** Delivered share of the updates that the sent moves should have caused. */
    double deliveredShare() {
        return counts.updates() / ((double) counts.movesSent() * (roomSize - 1));
    }

    double updatesPerPlayer() {
        return counts.updates() / seconds / players;
    }

    double bytesPerPlayer() {
        return counts.snapshotBytes() / seconds / players;
    }

    /** Whether nobody missed anything and nobody was disconnected. */
    boolean isWhole() {
        return fault().isEmpty();
    }

    /** What somebody missed; empty for nothing. */
    String fault() {
        if (counts.disconnects() > 0) {
            return counts.disconnects() + " were disconnected";
        }
        if (counts.errors() > 0) {
            return counts.errors() + " errors, the first: " + counts.firstError();
        }
        if (counts.statesAnew() > 0) {
            return counts.statesAnew() + " times a player fell behind and was told the whole state";
        }
        return counts.updates() > 0 && deliveredShare() >= 1 - MERGED_SHARE_MAX
                ? ""
                : String.format(Locale.ROOT, "%.1f %% of the updates were seen", 100 * deliveredShare());
    }
}
