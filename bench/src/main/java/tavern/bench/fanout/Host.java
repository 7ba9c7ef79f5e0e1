package tavern.bench.fanout;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tavern.bench.Bench;
import tavern.bench.Cores;
import tavern.bench.Folders;
import tavern.bench.Kept;
import tavern.bench.Proc;
import tavern.bench.ServerChild;
import tavern.bench.Stop;
import tavern.bench.load.Dialect;

/** A server that is measured, in a process of its own, and the folder it writes to. */
final class Host implements Kept.Part {
    /** What players do here is more than people do, and more than the defaults allow. */
    static final Map<String, String> UNLIMITED = Map.of(
            "limits.frames-per-second", "100000",
            "limits.rates.moves", "10000",
            "limits.rates.chats", "10000",
            "limits.rates.pings", "10000");

    private final Dialect dialect;
    private final String title;
    private final ServerChild process;
    private final Path folder;
    private final Cores cores;
    private final Stop stop;
    private boolean isReady;

    private Host(Dialect dialect, String title, ServerChild process, Path folder, Cores cores, Stop stop) {
        this.dialect = dialect;
        this.title = title;
        this.process = process;
        this.folder = folder;
        this.cores = cores;
        this.stop = stop;
    }

    /** Begins to start it. @param options of its JVM */
    static Host tavern(Bench bench, Cores cores, List<String> options) throws IOException {
        return tavern("Tavern", bench, cores, Map.of(), options);
    }

    /** @param settings beyond {@link #UNLIMITED} */
    static Host tavern(String title, Bench bench, Cores cores, Map<String, String> settings, List<String> options)
            throws IOException {
        Path folder = Files.createTempDirectory(bench.folder(), "host");
        Map<String, String> all = new TreeMap<>(UNLIMITED);
        all.putAll(bench.serverSettings());
        all.putAll(settings);
        all.put("net.port", "0");
        all.put("ops.port", "0");
        all.put("store.path", folder.toString());
        return start(Dialect.TAVERN, title, "tavern.server.Main", folder, all, cores, options, bench);
    }

    /** One that tells each move when it comes. */
    static Host referenceAtOnce(Bench bench, Cores cores) throws IOException {
        return reference("reference, at once", bench, cores, List.of("-Dreference.at-once=true"));
    }

    /** @param options of its JVM */
    static Host reference(Bench bench, Cores cores, List<String> options) throws IOException {
        return reference("reference", bench, cores, options);
    }

    private static Host reference(String title, Bench bench, Cores cores, List<String> options) throws IOException {
        Path folder = Files.createTempDirectory(bench.folder(), "host");
        String main = "tavern.bench.reference.ReferenceMain";
        return start(Dialect.REFERENCE, title, main, folder, Map.of(), cores, options, bench);
    }

    private static Host start(
            Dialect dialect,
            String title,
            String mainClass,
            Path folder,
            Map<String, String> properties,
            Cores cores,
            List<String> options,
            Bench bench)
            throws IOException {
        List<String> all = new ArrayList<>(cores.options());
        all.addAll(bench.flames().options());
        all.addAll(options);
        ServerChild process = ServerChild.launch(folder, mainClass, properties, all);
        return new Host(dialect, title, process, folder, cores, bench.stop());
    }

    Dialect dialect() {
        return dialect;
    }

    String title() {
        return title;
    }

    /** Blocks until players can connect; from then on it is on its own cores. */
    @Override
    public void awaitReady() throws IOException, InterruptedException {
        if (!isReady) {
            process.awaitReady(stop);
            cores.keepServer(process.pid());
            isReady = true;
        }
    }

    InetSocketAddress address() throws IOException, InterruptedException {
        awaitReady();
        return process.address();
    }

    long pid() {
        return process.pid();
    }

    /** User and system time so far. */
    long cpuMicros() {
        return Proc.cpuMicros(process.pid());
    }

    /** What it holds of the machine's memory now. */
    long residentBytes() {
        return Proc.residentBytes(process.pid());
    }

    /** At once. */
    void kill() {
        process.kill();
    }

    @Override
    public void end() {
        process.end();
    }

    /** @throws IOException when it did not stop cleanly */
    @Override
    public void close() throws IOException, InterruptedException {
        process.close();
        Folders.remove(folder);
    }
}
