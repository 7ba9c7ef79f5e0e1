package tavern.bench;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * What each benchmark gets.
 *
 * @param root of Tavern's folder, for its launchers
 * @param folder empty, for all that is written; removed at the end
 * @param quick fewer and shorter measurements
 * @param rounds that were asked for; 0: as many as are usual
 * @param only names of the figures to measure; empty: all
 * @param flames of the servers that are measured
 * @param kept what benchmarks of the same run leave to each other
 */
public record Bench(
        Path root,
        Path folder,
        boolean quick,
        int rounds,
        Set<String> only,
        Flames flames,
        Progress progress,
        Stop stop,
        Kept kept) {
    public int roundsOr(int usual) {
        return rounds > 0 ? rounds : usual;
    }

    /** Of each Tavern that nobody looks into: to open the console takes a third of the CPU time of a start. */
    public Map<String, String> serverSettings() {
        return quick ? Map.of("ops.enabled", "false") : Map.of();
    }

    public boolean asksFor(String figure) {
        return only.isEmpty() || only.contains(figure);
    }
}
