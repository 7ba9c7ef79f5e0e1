package tavern.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The cores that the server and the load run on, in the syntax of {@code taskset}.
 *
 * @param server the server's cores; empty for any
 * @param load the load's cores; empty for any
 * @param text the layout described for people
 */
public record Cores(String server, String load, String text) {
    private static final int TIMEOUT_SECONDS = 10;

    /**
     * Puts the server on the first usable core and the load on the second, if there are two cores and {@code taskset}.
     */
    public static Cores apart() throws IOException {
        List<Integer> allowed = allowed();
        if (allowed.size() < 2) {
            return new Cores("", "", "server and load share the one core there is: they disturb each other");
        }
        if (!canPin()) {
            return new Cores("", "", "no taskset: server and load share all cores and disturb each other");
        }
        String server = Integer.toString(allowed.get(0));
        String load = Integer.toString(allowed.get(1));
        return new Cores(server, load, "server on core " + server + ", load on core " + load);
    }

    /**
     * Gives the server {@code count} cores and the load the rest; if the rest is less than half, both share the
     * server's.
     */
    public static Cores forServer(int count) throws IOException {
        List<Integer> allowed = allowed();
        String server = list(allowed.subList(0, count));
        String cores = count == 1 ? "core " : "cores ";
        if (allowed.size() < 2 * count || allowed.size() < 4) {
            return new Cores(server, server, "server and load on " + cores + server);
        }
        String load = list(allowed.subList(count, allowed.size()));
        return new Cores(server, load, "server on " + cores + server + ", load on " + load);
    }

    private static String list(List<Integer> cores) {
        return String.join(",", cores.stream().map(String::valueOf).toList());
    }

    /** Whether the server and the load compete for CPU time. */
    public boolean isShared() {
        return server.equals(load);
    }

    /** Whether processes can be pinned to cores on this machine. */
    public static boolean canPin() {
        return Files.isExecutable(Path.of("/usr/bin/taskset"));
    }

    /** The cores that this process may use. */
    public static List<Integer> allowed() throws IOException {
        List<Integer> allowed = allowed(Path.of("/proc/self/status"));
        return allowed.isEmpty()
                ? IntStream.range(0, Runtime.getRuntime().availableProcessors())
                        .boxed()
                        .toList()
                : allowed;
    }

    /** Empty if the process is gone or the system does not report its cores. */
    private static List<Integer> allowed(Path status) throws IOException {
        if (Files.isReadable(status)) {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("Cpus_allowed_list:")) {
                    return parse(line.substring(line.indexOf(':') + 1).strip());
                }
            }
        }
        return List.of();
    }

    /** Parses a list such as {@code 0-3,7}. */
    static List<Integer> parse(String list) {
        List<Integer> cores = new ArrayList<>();
        for (String part : list.split(",", -1)) {
            String[] ends = part.split("-", -1);
            for (int core = Integer.parseInt(ends[0]); core <= Integer.parseInt(ends[ends.length - 1]); core++) {
                cores.add(core);
            }
        }
        return cores;
    }

    /** JVM options for the server: it starts on any core but sizes itself for the cores that it is moved to later. */
    public List<String> options() {
        return server.isEmpty()
                ? List.of()
                : List.of("-XX:ActiveProcessorCount=" + parse(server).size());
    }

    /** Moves a server to its cores, including the threads that it starts later. */
    public void keepServer(long pid) throws IOException, InterruptedException {
        if (!server.isEmpty()) {
            move(pid, server);
            // Move twice: a thread that was not moved yet may have started another one meanwhile.
            move(pid, server);
        }
    }

    /** Moves this whole process to the load's cores; closing the result moves it back. */
    public ClosedTogether keepLoad() throws IOException, InterruptedException {
        if (load.isEmpty()) {
            return new ClosedTogether("");
        }
        String before = list(allowed());
        move(Jvm.pid(), load);
        return new ClosedTogether(before);
    }

    /** @param before the cores to go back to; empty if the process was not moved */
    public record ClosedTogether(String before) implements AutoCloseable {
        @Override
        public void close() throws IOException, InterruptedException {
            if (!before.isEmpty()) {
                move(Jvm.pid(), before);
            }
        }
    }

    private static void move(long pid, String cores) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("taskset", "-acp", cores, Long.toString(pid))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("taskset did not end within " + TIMEOUT_SECONDS + " s");
        }
        // taskset complains about threads that end while it runs, so its exit code says nothing; check the result
        // instead.
        List<Integer> allowed = allowed(Path.of("/proc", Long.toString(pid), "status"));
        if (!allowed.equals(parse(cores))) {
            throw new IOException("taskset did not move process " + pid + " to cores " + cores
                    + (allowed.isEmpty() ? ": it has ended" : ": it may use " + list(allowed)));
        }
    }
}
