package tavern.sim.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Puts the loops' seconds together. Called by each loop once a second, which is why a lock does no harm. */
public final class Timeline {
    private static final class Open {
        final Latencies merged = new Latencies();
        int parts;
    }

    private final int loops;
    private final Latencies total = new Latencies();
    private final TreeMap<Integer, Open> open = new TreeMap<>();
    private final List<Second> seconds = new ArrayList<>();

    public Timeline(int loops) {
        this.loops = loops;
    }

    /** Takes over what one loop recorded in one second, and resets it. */
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

    /** A copy of what the loops have handed over by now. */
    public synchronized Latencies soFar() {
        return total.since(new Latencies());
    }

    public synchronized List<Second> seconds() {
        return List.copyOf(seconds);
    }

    /** Of the whole load. To be read when the loops have stopped recording. */
    public synchronized Latencies total() {
        return total;
    }
}
