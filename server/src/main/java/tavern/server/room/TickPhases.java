package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;
import tavern.server.guard.PacedLog;
import tavern.server.time.MonotonicClock;

/**
 * Ticks all rooms of one thread: in a few phases spread over the interval, so that rooms do not burst together and a
 * thousand rooms need one timer. While all rooms except a few rest, there is no burst to spread: all rooms are ticked
 * together, and the thread wakes up once an interval. A room that is slowed down (P-112) belongs to no phase: its next tick is due
 * some phases later than an interval after the last. The phases are confined to the thread.
 */
final class TickPhases {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(TickPhases.class));
    private static final int PHASES_MAX = 10;
    private static final long PHASE_MILLIS_MIN = 5;
    /**
     * The most rooms that may be awake together on a calm thread; the thread becomes calm after a second in which there
     * were never more.
     */
    private static final int AWAKE_ROOMS_MAX = 16;

    /** Intervals after which is judged whether the thread is overloaded. */
    private static final int JUDGED_INTERVALS = 5;

    private final EventExecutor executor;
    private final MonotonicClock clock;
    private final RoomMetrics metrics;
    private final ThreadLoad load;
    private final ThreadStrain strain;
    private final int tickHz;
    private final int phasesPerSecond;
    private final List<List<Ticking>> phases = new ArrayList<>();

    /** Those that are slowed down, and of each, at the same index, the phase at which it is due. */
    private final List<Ticking> slowed = new ArrayList<>();

    private long[] slowedDue = new long[4];

    /** Those of the phases, and those that are slowed down. */
    private final List<List<Ticking>> rooms = new ArrayList<>();

    /** Those that have been slowed down in this round. */
    private final List<Ticking> slowing = new ArrayList<>();

    private final SendBatch batch = new SendBatch();
    private long lastPhase;
    private long dueNanos;
    /** The rooms found awake in this interval. */
    private int awake;

    private int calmIntervals;
    private boolean calm;

    TickPhases(
            EventExecutor executor,
            int index,
            int tickHz,
            MonotonicClock clock,
            RoomMetrics metrics,
            ThreadStrain strain) {
        this.executor = executor;
        this.clock = clock;
        this.metrics = metrics;
        this.load = metrics.thread(index);
        this.strain = strain;
        int count = phasesOf(tickHz);
        for (int i = 0; i < count; i++) {
            phases.add(new ArrayList<>());
        }
        rooms.addAll(phases);
        rooms.add(slowed);
        this.tickHz = tickHz;
        this.phasesPerSecond = tickHz * count;
        this.lastPhase = phaseAt(clock.millis());
        executor.execute(() -> wakeUpAt(lastPhase + 1, clock.millis()));
    }

    /** Into how many phases an interval is divided. */
    static int phasesOf(int tickHz) {
        return (int) Math.max(1, Math.min(PHASES_MAX, 1_000 / tickHz / PHASE_MILLIS_MIN));
    }

    EventExecutor executor() {
        return executor;
    }

    ThreadLoad load() {
        return load;
    }

    ThreadStrain strain() {
        return strain;
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
        executor.execute(() -> {
            phases.forEach(phase -> phase.remove(room));
            int index = slowed.indexOf(room);
            if (index >= 0) {
                removeSlowed(index);
            }
        });
    }

    /** Runs the phases that are due. After a pause each room ticks once, not as often as it would have. */
    private void run() {
        long millis = clock.millis();
        long now = phaseAt(millis);
        boolean wasCalm = calm;
        try {
            tickAll(now, millis);
        } finally {
            lastPhase = now;
            // A thread that has just become calm still wakes at the next phase, which ticks all its rooms, so that no
            // room waits longer than an interval.
            wakeUpAt(wasCalm && calm ? now + phases.size() : now + 1, millis);
        }
    }

    private void tickAll(long now, long millis) {
        long lateNanos = Math.max(0, metrics.nanos() - dueNanos);
        load.lateness.record(lateNanos, TimeUnit.NANOSECONDS);
        strain.late(lateNanos);
        long first = now - phases.size() + 1;
        for (long phase = calm ? first : Math.max(first, lastPhase + 1); phase <= now; phase++) {
            for (Ticking room : phases.get((int) (phase % phases.size()))) {
                tick(room, millis);
                if (room.extraPhases() > 0) {
                    slowing.add(room);
                }
            }
        }
        tickSlowed(now, millis);
        batch.send();
        if (now / phases.size() / JUDGED_INTERVALS != lastPhase / phases.size() / JUDGED_INTERVALS) {
            strain.judge(rooms);
        }
        if (calm || now / phases.size() != lastPhase / phases.size()) {
            calmIntervals = awake <= AWAKE_ROOMS_MAX ? calmIntervals + 1 : 0;
            awake = 0;
            calm = calmIntervals >= tickHz;
        }
        calm &= slowed.isEmpty();
    }

    /**
     * Ticks those slowed down that are due. One that is late is not made up for: its next tick comes at least half an interval later,
     * as the thread could otherwise do nothing else.
     */
    private void tickSlowed(long now, long millis) {
        for (int i = slowed.size() - 1; i >= 0; i--) {
            if (slowedDue[i] > now) {
                continue;
            }
            Ticking room = slowed.get(i);
            tick(room, millis);
            int extra = room.extraPhases();
            if (extra > 0) {
                slowedDue[i] = nextDue(slowedDue[i], now, extra);
            } else {
                removeSlowed(i);
                phases.get((int) (now % phases.size())).add(room);
            }
        }
        for (Ticking room : slowing) {
            phases.forEach(phase -> phase.remove(room));
            if (slowed.size() == slowedDue.length) {
                slowedDue = Arrays.copyOf(slowedDue, 2 * slowedDue.length);
            }
            slowedDue[slowed.size()] = now + phases.size() + room.extraPhases();
            slowed.add(room);
        }
        slowing.clear();
    }

    private long nextDue(long due, long now, int extra) {
        int interval = phases.size() + extra;
        return Math.max(due + interval, now + (interval + 1) / 2);
    }

    private void removeSlowed(int index) {
        slowed.remove(index);
        System.arraycopy(slowedDue, index + 1, slowedDue, index, slowed.size() - index);
    }

    // Whatever is thrown, the other rooms tick, and this room ticks again next time.
    @SuppressWarnings("IllegalCatch")
    private void tick(Ticking room, long millis) {
        try {
            awake += room.tick(batch, millis) ? 1 : 0;
        } catch (Throwable e) {
            log.error("a room's tick failed", e);
        }
    }

    /** Sets one timer after another instead of a fixed rate, so that ticks missed in a pause are not made up for. */
    private void wakeUpAt(long phase, long nowMillis) {
        long delayMillis = Math.max(1, -Math.floorDiv(-phase * 1_000, phasesPerSecond) - nowMillis);
        dueNanos = metrics.nanos() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
        executor.schedule(this::run, delayMillis, TimeUnit.MILLISECONDS);
    }

    private long phaseAt(long millis) {
        return millis * phasesPerSecond / 1_000;
    }
}
