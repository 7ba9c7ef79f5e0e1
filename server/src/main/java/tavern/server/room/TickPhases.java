package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ticks of all rooms of one thread: a few phases spread over the interval, so that rooms do not burst together
 * and a thousand rooms need one timer. While all rooms but a few rest there is no burst to be spread: all are looked at
 * together, and the thread wakes up once an interval. The phases belong to the thread.
 */
final class TickPhases {
    private static final Logger log = LoggerFactory.getLogger(TickPhases.class);
    private static final int PHASES_MAX = 10;
    private static final long PHASE_MILLIS_MIN = 5;
    /** So many may move at the same time; the thread is calm after a second in which it were never more. */
    private static final int AWAKE_ROOMS_MAX = 16;

    private final EventExecutor executor;
    private final InstantSource clock;
    private final RoomMetrics metrics;
    private final ThreadLoad load;
    private final int tickHz;
    private final int phasesPerSecond;
    private final List<List<Ticking>> phases = new ArrayList<>();
    private final Round round = new Round();
    private long lastPhase;
    private long dueNanos;
    /** Of this interval. */
    private int awake;

    private int calmIntervals;
    private boolean calm;

    TickPhases(EventExecutor executor, int index, int tickHz, InstantSource clock, RoomMetrics metrics) {
        this.executor = executor;
        this.clock = clock;
        this.metrics = metrics;
        this.load = metrics.thread(index);
        int count = (int) Math.max(1, Math.min(PHASES_MAX, 1_000 / tickHz / PHASE_MILLIS_MIN));
        for (int i = 0; i < count; i++) {
            phases.add(new ArrayList<>());
        }
        this.tickHz = tickHz;
        this.phasesPerSecond = tickHz * count;
        this.lastPhase = phaseAt(clock.millis());
        executor.execute(() -> wakeUpAt(lastPhase + 1, clock.millis()));
    }

    EventExecutor executor() {
        return executor;
    }

    ThreadLoad load() {
        return load;
    }

    void add(Ticking room) {
        executor.execute(() -> {
            List<Ticking> smallest = phases.get(0);
            for (List<Ticking> phase : phases) {
                if (phase.size() < smallest.size()) {
                    smallest = phase;
                }
            }
            smallest.add(room);
        });
    }

    void remove(Ticking room) {
        executor.execute(() -> phases.forEach(phase -> phase.remove(room)));
    }

    /** Runs what is due. After a pause each room ticks once, not as often as it would have. */
    private void run() {
        load.lateness.record(Math.max(0, metrics.nanos() - dueNanos), TimeUnit.NANOSECONDS);
        long millis = clock.millis();
        long now = phaseAt(millis);
        long first = now - phases.size() + 1;
        boolean wasCalm = calm;
        for (long phase = calm ? first : Math.max(first, lastPhase + 1); phase <= now; phase++) {
            for (Ticking room : phases.get((int) (phase % phases.size()))) {
                tick(room, millis);
            }
        }
        round.send();
        if (calm || now / phases.size() != lastPhase / phases.size()) {
            calmIntervals = awake <= AWAKE_ROOMS_MAX ? calmIntervals + 1 : 0;
            awake = 0;
            calm = calmIntervals >= tickHz;
        }
        lastPhase = now;
        // Newly calm: with the next phase for all, so that no room waits for longer than an interval.
        wakeUpAt(wasCalm && calm ? now + phases.size() : now + 1, millis);
    }

    // Whatever is thrown: the other rooms tick, and there is a next time.
    @SuppressWarnings("IllegalCatch")
    private void tick(Ticking room, long millis) {
        try {
            awake += room.tick(round, millis) ? 1 : 0;
        } catch (Throwable e) {
            log.error("a room's tick failed", e);
        }
    }

    /** One timer after another, and none at a fixed rate: what a pause has left out is not made up for. */
    private void wakeUpAt(long phase, long nowMillis) {
        long delayMillis = Math.max(1, -Math.floorDiv(-phase * 1_000, phasesPerSecond) - nowMillis);
        dueNanos = metrics.nanos() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
        executor.schedule(this::run, delayMillis, TimeUnit.MILLISECONDS);
    }

    private long phaseAt(long millis) {
        return millis * phasesPerSecond / 1_000;
    }
}
