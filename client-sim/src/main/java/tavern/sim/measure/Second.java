package tavern.sim.measure;

/** What happened in one second of the load; latencies are in milliseconds, 0 when nothing was measured. */
public record Second(
        int second,
        long updatesSeen,
        long chatsHeard,
        long tradesAnswered,
        double moveP50,
        double moveP99,
        double chatP99,
        double tradeP99) {}
