package tavern.server.room;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.atomic.AtomicLong;
import tavern.engine.TurnOutcome;

/** The metrics of turns in rooms of one type. Safe on any thread. */
final class TurnMetrics {
    final String type;
    final Timer compute;
    final Timer commit;
    final Counter recomputed;
    final Counter slow;

    /** Commits that the store has not answered. */
    final AtomicLong waiting = new AtomicLong();

    private final MeterRegistry registry;
    private final Counter committed;
    private final Counter unchanged;
    private final Counter failed;

    TurnMetrics(String type, MeterRegistry registry) {
        this.type = type;
        this.registry = registry;
        compute = ThreadLoad.histogram("tavern.turns.compute", "The computing of one turn")
                .tag("type", type)
                .register(registry);
        commit = ThreadLoad.histogram("tavern.turns.commit", "From a turn's commit to its being durable")
                .tag("type", type)
                .register(registry);
        recomputed = registry.counter("tavern.turns.recomputed", "type", type);
        slow = registry.counter("tavern.game.calls.slow", "type", type);
        Gauge.builder("tavern.turns.waiting", waiting, AtomicLong::get)
                .tag("type", type)
                .register(registry);
        committed = outcome("committed");
        unchanged = outcome("unchanged");
        failed = outcome("failed");
    }

    private Counter outcome(String outcome) {
        return registry.counter("tavern.turns", "type", type, "outcome", outcome);
    }

    void count(TurnOutcome outcome) {
        if (outcome instanceof TurnOutcome.Refused refused) {
            registry.counter(
                            "tavern.turns.refused",
                            "type",
                            type,
                            "code",
                            refused.code().name(),
                            "by",
                            refused.byStore() ? "store" : "game")
                    .increment();
        } else if (outcome instanceof TurnOutcome.Committed) {
            committed.increment();
        } else if (outcome instanceof TurnOutcome.Unchanged) {
            unchanged.increment();
        } else {
            failed.increment();
        }
    }

    /** The time of a clock that only measures. */
    long nanos() {
        return registry.config().clock().monotonicTime();
    }
}
