package tavern.server.room;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The metrics of rooms. */
public final class RoomMetrics {
    private final MeterRegistry registry;
    private final ConcurrentMap<String, TurnMetrics> turns = new ConcurrentHashMap<>();
    final Counter requests;
    final Counter requestsRefusedFull;
    final Counter movesRejected;
    final Counter failures;
    final Counter tradesCommitted;
    /** Writes that the store has refused because another server owns the room by now. */
    final Counter staleWrites;

    /**
     * From a request's arrival in the mailbox until it is served: chat and trades, but not moves, which wait for ticks.
     */
    final Timer actionTime;

    public RoomMetrics(MeterRegistry registry) {
        this.registry = registry;
        requests = registry.counter("tavern.room.requests");
        requestsRefusedFull = registry.counter("tavern.room.requests.refused", "reason", "mailbox");
        movesRejected = registry.counter("tavern.room.moves.rejected");
        failures = registry.counter("tavern.room.failures");
        tradesCommitted = registry.counter("tavern.room.trades.committed");
        staleWrites = registry.counter("tavern.room.writes.stale");
        actionTime = ThreadLoad.histogram(
                        "tavern.room.action", "From a request in a room's mailbox to its being served")
                .register(registry);
    }

    /** @param type of rooms; the configuration has few of them */
    TurnMetrics turns(String type) {
        return turns.computeIfAbsent(type, name -> new TurnMetrics(name, registry));
    }

    /** Counts ticks of games that took too long; not called often. */
    Counter slowTicks(String type) {
        return registry.counter("tavern.game.ticks.slow", "type", type);
    }

    ThreadLoad thread(int index) {
        return new ThreadLoad(registry, index);
    }

    /** The time of a clock that only measures. */
    long nanos() {
        return registry.config().clock().monotonicTime();
    }
}
