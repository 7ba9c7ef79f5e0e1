package tavern.bench.fanout;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import tavern.bench.Jvm;
import tavern.bench.Proc;
import tavern.bench.Stop;
import tavern.bench.load.Counts;
import tavern.bench.load.Swarm;

/**
 * What happened in a stretch of time.
 *
 * @param cpuMicros of the server
 * @param loadMicros of this process, which is the load
 */
record Window(int players, int roomSize, double seconds, long cpuMicros, long loadMicros, Counts counts) {
    /** Of one core; above it what is measured may be the load. */
    private static final double LOAD_PERCENT_MAX = 95;

    /** Updates that may be missing because two moves of a player met in one tick, or at the window's edges. */
    private static final double MERGED_SHARE_MAX = 0.03;

    static Window of(Host host, Swarm swarm, Duration length, Stop stop) throws IOException, InterruptedException {
        swarm.take();
        long began = System.nanoTime();
        long cpu = host.cpuMicros();
        long load = Proc.cpuMicros(Jvm.pid());
        stop.pass(length);
        Counts counts = swarm.take();
        long cpuMicros = host.cpuMicros() - cpu;
        long loadMicros = Proc.cpuMicros(Jvm.pid()) - load;
        double seconds = (System.nanoTime() - began) / 1e9;
        return new Window(swarm.players(), swarm.roomSize(), seconds, cpuMicros, loadMicros, counts);
    }

    /** Several stretches as one. */
    static Window sum(List<Window> windows) {
        Counts counts = new Counts();
        windows.forEach(window -> counts.add(window.counts()));
        Window any = windows.get(0);
        return new Window(
                any.players(),
                any.roomSize(),
                windows.stream().mapToDouble(Window::seconds).sum(),
                windows.stream().mapToLong(Window::cpuMicros).sum(),
                windows.stream().mapToLong(Window::loadMicros).sum(),
                counts);
    }

    /** For each place of another player that was delivered. */
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

    /** Of the server's time, for each player and second. */
    double microsPerPlayer() {
        return cpuMicros / seconds / players;
    }

    /** Of one core. */
    double cpuPercent() {
        return cpuMicros / seconds / 1e4;
    }

    /** Of one core. */
    double loadPercent() {
        return loadMicros / seconds / 1e4;
    }

    /** Whoever sends and sees had no time left: the server may not be what ends here. */
    boolean isLoadFull() {
        return loadPercent() > LOAD_PERCENT_MAX;
    }

    /** Of all updates that the moves sent should have made. */
    double deliveredShare() {
        return counts.updates() / ((double) counts.movesSent() * (roomSize - 1));
    }

    double updatesPerPlayer() {
        return counts.updates() / seconds / players;
    }

    double bytesPerPlayer() {
        return counts.snapshotBytes() / seconds / players;
    }

    /** Nobody missed anything, and nobody was sent away. */
    boolean isWhole() {
        return counts.disconnects() == 0
                && counts.errors() == 0
                && counts.statesAnew() == 0
                && counts.updates() > 0
                && deliveredShare() >= 1 - MERGED_SHARE_MAX;
    }
}
