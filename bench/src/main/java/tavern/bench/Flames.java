package tavern.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import one.profiler.AsyncProfilerLoader;
import org.jspecify.annotations.Nullable;

/** Where a server's CPU time goes: a flame graph of each, one page of HTML, by async-profiler. */
public final class Flames {
    private static final Duration WINDOW = Duration.ofSeconds(10);

    /** Some 5,000 samples of a server that takes half a core. */
    private static final String INTERVAL = "1ms";

    /** In percent of all samples; what is narrower is left out, so that a picture stays small. */
    private static final String WIDTH_MIN = "0.15";

    private final @Nullable Path folder;
    private final Duration window;

    private Flames(@Nullable Path folder, Duration window) {
        this.folder = folder;
        this.window = window;
    }

    public static Flames none() {
        return new Flames(null, Duration.ZERO);
    }

    /** @param folder that is there */
    static Flames into(Path folder) {
        return into(folder, WINDOW);
    }

    static Flames into(Path folder, Duration window) {
        return new Flames(folder, window);
    }

    public boolean areWanted() {
        return folder != null;
    }

    /** Of the JVMs of servers: without them a sample in an inlined method counts for the nearest call. */
    public List<String> options() {
        return areWanted() ? List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:+DebugNonSafepoints") : List.of();
    }

    /**
     * Profiles a process for some seconds and writes its graph; does nothing where none is wanted. Blocks.
     *
     * <p>Samples are taken by the kernel ({@code perf_event_open}), so that its functions are in the graph; where it lets
     * us not, by timers of each thread, and the graph ends at the system calls.
     *
     * @param what is measured: moves
     * @param title of the server
     * @param scratch where the profiler is unpacked, which the process must be able to read
     * @throws IOException when this process cannot be profiled
     */
    public void take(long pid, String what, String title, Path scratch, Stop stop)
            throws IOException, InterruptedException {
        if (folder == null) {
            return;
        }
        AsyncProfilerLoader.setExtractionDirectory(Files.createDirectories(scratch.resolve("profiler")));
        Path file = folder.resolve(fileName(what, title));
        asprof(pid, "start", "-e", "cpu", "-i", INTERVAL, "-t");
        stop.pass(window);
        // Its arguments are split at commas.
        String shown = what + ": " + title.replace(",", "");
        asprof(pid, "stop", "-o", "flamegraph", "--minwidth", WIDTH_MIN, "--title", shown, "-f", file.toString());
    }

    static String fileName(String what, String title) {
        return (what + "-" + title).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".html";
    }

    private static void asprof(long pid, String... arguments) throws IOException {
        String[] all = new String[arguments.length + 1];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = Long.toString(pid);
        AsyncProfilerLoader.executeProfiler(all);
    }
}
