package tavern.sim.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a check has looked at, and what is wrong. */
public final class Findings {
    /** Enough to see what went wrong, and bounded however much does. */
    private static final int EXAMPLES_MAX = 30;

    private final Map<String, Long> counts = new TreeMap<>();
    private final Map<String, Long> faults = new TreeMap<>();
    private final List<String> examples = new ArrayList<>();

    void count(String what, long n) {
        counts.merge(what, n, Long::sum);
    }

    /** @param kind a few words, the same for all faults of the kind */
    void fault(String kind, String which) {
        faults.merge(kind, 1L, Long::sum);
        if (examples.size() < EXAMPLES_MAX) {
            examples.add(kind + ": " + which);
        }
    }

    public boolean holds() {
        return faults.isEmpty();
    }

    /** How much was looked at, by what it is. */
    public Map<String, Long> counts() {
        return counts;
    }

    /** How often something was wrong, by what it is. */
    public Map<String, Long> faults() {
        return faults;
    }

    /** The first few faults, each with what it happened to. */
    public List<String> examples() {
        return examples;
    }
}
