package tavern.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import one.profiler.AsyncProfilerLoader;
import org.jspecify.annotations.Nullable;

/** Writes a flame graph of a server's CPU time as one HTML page, using async-profiler. */
public final class Flames {
    private static final Duration WINDOW = Duration.ofSeconds(10);

    /** Gives about 5,000 samples of a server that uses half a core. */
    private static final String INTERVAL = "1ms";

    /** In percent of all samples; narrower frames are left out to keep the page small. */
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

    /** @param folder must exist */
    static Flames into(Path folder) {
        return into(folder, WINDOW);
    }

    static Flames into(Path folder, Duration window) {
        return new Flames(folder, window);
    }

    public boolean areWanted() {
        return folder != null;
    }

    /** JVM options for the servers: without them a sample in an inlined method is attributed to the nearest call. */
    public List<String> options() {
        return areWanted() ? List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:+DebugNonSafepoints") : List.of();
    }

    /**
     * Profiles a process for some seconds and writes its graph, or does nothing if no graphs are wanted. Blocks.
     *
     * <p>The kernel takes the samples ({@code perf_event_open}), so its own functions appear in the graph. Where it
     * does
     * not permit that, per-thread timers take them and the graph ends at the system calls.
     *
     * @param what the name of the measurement, such as {@code moves}
     * @param title the server's title
     * @param scratch the folder to unpack the profiler into; the profiled process must be able to read it
     * @throws IOException if the process cannot be profiled
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
        // async-profiler splits its arguments at commas.
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
