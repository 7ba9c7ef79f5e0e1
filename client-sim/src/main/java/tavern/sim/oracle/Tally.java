package tavern.sim.oracle;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Counts, errors by code, and descriptions of a few faults. One for each event loop; merged when the loops are idle.
 */
public final class Tally {
    /** Enough to see what went wrong, and bounded however much goes wrong. */
    private static final int EXAMPLES_MAX = 20;

    private final EnumMap<Count, Long> counts = new EnumMap<>(Count.class);
    private final Map<String, Long> errors = new TreeMap<>();
    private final Map<String, Long> refusals = new TreeMap<>();
    private long silenceNanos;
    private final List<String> examples = new ArrayList<>();

    public void add(Count count) {
        add(count, 1);
    }

    public void add(Count count, long n) {
        counts.merge(count, n, Long::sum);
    }

    /** Counts a fault and keeps the descriptions of the first few. */
    public void fault(Count count, String text) {
        add(count);
        if (examples.size() < EXAMPLES_MAX) {
            examples.add(count.label() + ": " + text);
        }
    }

    public void error(String code) {
        errors.merge(code, 1L, Long::sum);
    }

    /** A refusal that is part of the game: the goods are gone, or the trade ended a moment ago. */
    public void refusal(String code) {
        refusals.merge(code, 1L, Long::sum);
    }

    /** How long somebody heard nothing; the longest is kept. */
    public void silence(long nanos) {
        silenceNanos = Math.max(silenceNanos, nanos);
    }

    public long silenceMillis() {
        return TimeUnit.NANOSECONDS.toMillis(silenceNanos);
    }

    public void merge(Tally other) {
        silence(other.silenceNanos);
        other.counts.forEach(this::add);
        other.errors.forEach((code, n) -> errors.merge(code, n, Long::sum));
        other.refusals.forEach((code, n) -> refusals.merge(code, n, Long::sum));
        other.examples.stream().limit(EXAMPLES_MAX - examples.size()).forEach(examples::add);
    }

    public long get(Count count) {
        return counts.getOrDefault(count, 0L);
    }

    public Map<String, Long> errors() {
        return errors;
    }

    public Map<String, Long> refusals() {
        return refusals;
    }

    public List<String> examples() {
        return examples;
    }
}
