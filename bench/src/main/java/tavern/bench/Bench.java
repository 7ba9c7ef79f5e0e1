package tavern.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings and shared objects of one run, passed to each benchmark.
 *
 * @param root Tavern's folder, which holds the launchers
 * @param folder an empty folder for all files that the run writes; removed at the end
 * @param quick whether to take fewer and shorter measurements
 * @param rounds the number given by {@code --rounds}, or 0 for the benchmark's usual number
 * @param players the numbers given by {@code --players}; empty for what the benchmark does without
 * @param transactions the number given by {@code --transactions}, or 0 for the benchmark's usual number
 * @param only names of the figures to measure; empty for all
 * @param flames takes flame graphs of the measured servers
 * @param against folder of another build of Tavern to measure in place of the reference, or null for none
 * @param webSocket whether Tavern over WebSockets is measured beside Tavern over TCP, without the reference
 * @param peers whether servers of other makers, which have to be installed, are measured too
 * @param kept what a benchmark leaves open for later benchmarks of the same run
 */
public record Bench(
        Path root,
        Path folder,
        boolean quick,
        int rounds,
        List<Integer> players,
        long transactions,
        Set<String> only,
        Flames flames,
        @Nullable Path against,
        boolean webSocket,
        boolean peers,
        Progress progress,
        Stop stop,
        ClosedTogether kept) {
    /** Without {@code --players}. */
    public Bench(
            Path root,
            Path folder,
            boolean quick,
            int rounds,
            long transactions,
            Set<String> only,
            Flames flames,
            @Nullable Path against,
            boolean webSocket,
            boolean peers,
            Progress progress,
            Stop stop,
            ClosedTogether kept) {
        this(
                root,
                folder,
                quick,
                rounds,
                List.of(),
                transactions,
                only,
                flames,
                against,
                webSocket,
                peers,
                progress,
                stop,
                kept);
    }

    public int roundsOr(int usual) {
        return rounds > 0 ? rounds : usual;
    }

    /** Settings for servers whose console is not used: opening it takes a third of the CPU time of a start. */
    public Map<String, String> serverSettings() {
        return quick ? Map.of("ops.enabled", "false") : Map.of();
    }

    public boolean asksFor(String figure) {
        return only.isEmpty() || only.contains(figure);
    }
}
