package tavern.bench.reference;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Ticks all rooms of one event loop, on the same few phases of the interval as Tavern. Confined to the loop. */
final class ReferenceTicks {
    private static final int PHASES_MAX = 10;
    private static final int PHASE_MILLIS_MIN = 5;

    private final EventLoop loop;
    private final List<List<ReferenceRoom>> phases = new ArrayList<>();
    private final long phaseNanos;
    private final long began = System.nanoTime();
    private long lastPhase;

    ReferenceTicks(EventLoop loop, int tickHz) {
        this.loop = loop;
        int count = Math.max(1, Math.min(PHASES_MAX, 1_000 / tickHz / PHASE_MILLIS_MIN));
        for (int i = 0; i < count; i++) {
            phases.add(new ArrayList<>());
        }
        phaseNanos = TimeUnit.SECONDS.toNanos(1) / tickHz / count;
        loop.scheduleAtFixedRate(this::run, phaseNanos, phaseNanos, TimeUnit.NANOSECONDS);
    }

    EventLoop loop() {
        return loop;
    }

    void add(ReferenceRoom room) {
        loop.execute(() -> {
            List<ReferenceRoom> smallest = phases.get(0);
            for (List<ReferenceRoom> phase : phases) {
                if (phase.size() < smallest.size()) {
                    smallest = phase;
                }
            }
            smallest.add(room);
        });
    }

    /** Runs the due ticks. After a pause each room ticks once and does not catch up. */
    private void run() {
        long now = (System.nanoTime() - began) / phaseNanos;
        long first = Math.max(lastPhase + 1, now - phases.size() + 1);
        lastPhase = now;
        for (long phase = first; phase <= now; phase++) {
            List<ReferenceRoom> due = phases.get((int) (phase % phases.size()));
            for (int i = 0; i < due.size(); i++) {
                due.get(i).tick();
            }
        }
    }
}
