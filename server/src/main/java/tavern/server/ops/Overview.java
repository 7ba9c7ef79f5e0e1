package tavern.server.ops;

import java.util.List;
import java.util.Map;
import tavern.server.session.Freeze;

/**
 * The state of the server at one moment; rates are for the last second, times for the last ten.
 *
 * @param degraded problems, the worst first
 * @param actionsPerSecond messages of clients by kind; kinds that nobody sends are left out
 * @param totals since the start
 */
record Overview(
        String node,
        String version,
        long atMillis,
        long uptimeSeconds,
        boolean draining,
        List<Degraded> degraded,
        int players,
        int connections,
        int rooms,
        Map<String, Double> actionsPerSecond,
        double tradesPerSecond,
        double bytesInPerSecond,
        double bytesOutPerSecond,
        Spread tick,
        Spread tickLate,
        Spread action,
        Spread turnWait,
        StoreState store,
        FeedState feed,
        Map<String, Long> totals,
        List<Freeze> freezes,
        long heapBytesUsed,
        long heapBytesMax) {
    /** Upper bounds in milliseconds: the true value is at most this, and more than the next smaller bucket. */
    record Spread(double p50, double p99) {}

    /** @param outboxRows committed trades that are not yet published, of at most {@code outboxRowsMax} */
    record StoreState(String kind, boolean available, int inFlight, long outboxRows, long outboxRowsMax) {}

    /**
     * @param kind none or rabbitmq
     * @param here whether this server publishes for the realm
     * @param blocked whether the broker currently accepts no messages
     * @param dead messages that became dead letters since the start
     */
    record FeedState(
            String kind, boolean here, boolean connected, boolean blocked, double confirmsPerSecond, long dead) {}
}
