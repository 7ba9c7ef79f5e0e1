package tavern.server.room;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** Measures how long the work of one room thread waits and takes. Recording is cheap and makes no garbage. */
final class ThreadLoad {
    private static final Duration[] BUCKETS = LongStream.of(
                    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
                    5_000_000)
            .mapToObj(micros -> Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros)))
            .toArray(Duration[]::new);

    /** From the first task in an idle room's mailbox to the room's turn. */
    final Timer wait;
    /** A room's turn. */
    final Timer run;
    /** A room's tick. */
    final Timer tick;
    /** How late the ticks began. */
    final Timer lateness;

    ThreadLoad(MeterRegistry registry, int thread) {
        wait = timer(registry, "tavern.room.wait", thread, "From a task in an idle room's mailbox to the room's turn");
        run = timer(registry, "tavern.room.run", thread, "One turn of one room");
        tick = timer(registry, "tavern.room.tick", thread, "One tick of one room");
        lateness = timer(registry, "tavern.room.tick.late", thread, "How much later than due ticks began");
    }

    private static Timer timer(MeterRegistry registry, String name, int thread, String description) {
        return histogram(name, description)
                .tag("thread", Integer.toString(thread))
                .register(registry);
    }

    static Timer.Builder histogram(String name, String description) {
        return Timer.builder(name).description(description).serviceLevelObjectives(BUCKETS);
    }
}
