package tavern.sim.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Merges what the loops recorded in each second. Each loop calls it once a second, so a lock costs nothing. */
public final class SecondsTimeline {
    private static final class Open {
        final Latencies merged = new Latencies();
        int parts;
    }

    private final int loops;
    private final Latencies total = new Latencies();
    private final TreeMap<Integer, Open> open = new TreeMap<>();
    private final List<Second> seconds = new ArrayList<>();

    public SecondsTimeline(int loops) {
        this.loops = loops;
    }

    /** Adds what one loop recorded in one second, and resets {@code part}. */
    public synchronized void add(int second, Latencies part) {
        total.add(part);
        Open merging = open.computeIfAbsent(second, key -> new Open());
        merging.merged.add(part);
        part.reset();
        if (++merging.parts == loops) {
            open.remove(second);
            seconds.add(summary(second, merging.merged));
        }
    }

    private static Second summary(int second, Latencies of) {
        return new Second(
                second,
                of.move().getTotalCount(),
                of.chat().getTotalCount(),
                of.trade().getTotalCount(),
                Percentiles.at(of.move(), 50),
                Percentiles.at(of.move(), 99),
                Percentiles.at(of.chat(), 99),
                Percentiles.at(of.trade(), 99));
    }

    /** A copy of what the loops have handed over so far. */
    public synchronized Latencies soFar() {
        return total.since(new Latencies());
    }

    public synchronized List<Second> seconds() {
        return List.copyOf(seconds);
    }

    /** The latencies of the whole load. Read them only after the loops have stopped recording. */
    public synchronized Latencies total() {
        return total;
    }
}
