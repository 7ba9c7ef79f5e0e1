package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The ticks of all rooms of one thread: a few phases spread over the interval, so that rooms do not burst together
 * and a thousand rooms need one timer. The phases belong to the thread.
 */
final class TickPhases {
    private static final int PHASES_MAX = 10;
    private static final long PHASE_MILLIS_MIN = 5;

    private final EventExecutor executor;
    private final InstantSource clock;
    private final RoomMetrics metrics;
    private final ThreadLoad load;
    private final long intervalNanos;
    private final int phasesPerSecond;
    private final List<List<Room>> phases = new ArrayList<>();
    private final Round round = new Round();
    private long lastPhase;
    private long lastNanos;

    TickPhases(EventExecutor executor, int index, int tickHz, InstantSource clock, RoomMetrics metrics) {
        this.executor = executor;
        this.clock = clock;
        this.metrics = metrics;
        this.load = metrics.thread(index);
        int count = (int) Math.max(1, Math.min(PHASES_MAX, 1_000 / tickHz / PHASE_MILLIS_MIN));
        for (int i = 0; i < count; i++) {
            phases.add(new ArrayList<>());
        }
        this.phasesPerSecond = tickHz * count;
        this.lastPhase = phaseAt(clock.millis());
        this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / phasesPerSecond;
        this.lastNanos = metrics.nanos();
        executor.scheduleAtFixedRate(this::run, intervalNanos, intervalNanos, TimeUnit.NANOSECONDS);
    }

    EventExecutor executor() {
        return executor;
    }

    ThreadLoad load() {
        return load;
    }

    void add(Room room) {
        executor.execute(() -> {
            List<Room> smallest = phases.get(0);
            for (List<Room> phase : phases) {
                if (phase.size() < smallest.size()) {
                    smallest = phase;
                }
            }
            smallest.add(room);
        });
    }

    void remove(Room room) {
        executor.execute(() -> phases.forEach(phase -> phase.remove(room)));
    }

    /** Runs what is due. After a pause each room ticks once, not as often as it would have. */
    private void run() {
        long nanos = metrics.nanos();
        load.lateness.record(Math.max(0, nanos - lastNanos - intervalNanos), TimeUnit.NANOSECONDS);
        lastNanos = nanos;
        long millis = clock.millis();
        long now = phaseAt(millis);
        long first = lastPhase + 1;
        lastPhase = now;
        for (long phase = Math.max(first, now - phases.size() + 1); phase <= now; phase++) {
            for (Room room : phases.get((int) (phase % phases.size()))) {
                room.tick(round, millis);
            }
        }
        round.send();
    }

    private long phaseAt(long millis) {
        return millis * phasesPerSecond / 1_000;
    }
}
