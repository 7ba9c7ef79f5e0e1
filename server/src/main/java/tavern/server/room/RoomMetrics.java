package tavern.server.room;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What rooms count. */
public final class RoomMetrics {
    final Counter requests;
    final Counter requestsRefusedFull;
    final Counter movesRejected;
    final Counter failures;
    final Counter tradesCommitted;

    public RoomMetrics(MeterRegistry registry) {
        requests = registry.counter("tavern.room.requests");
        requestsRefusedFull = registry.counter("tavern.room.requests.refused", "reason", "mailbox");
        movesRejected = registry.counter("tavern.room.moves.rejected");
        failures = registry.counter("tavern.room.failures");
        tradesCommitted = registry.counter("tavern.room.trades.committed");
    }
}
