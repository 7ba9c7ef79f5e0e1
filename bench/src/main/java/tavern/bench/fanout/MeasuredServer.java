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
import tavern.bench.ClosedTogether;
import tavern.bench.Cores;
import tavern.bench.Folders;
import tavern.bench.MeasuredBuild;
import tavern.bench.Proc;
import tavern.bench.ServerChild;
import tavern.bench.Stop;
import tavern.bench.load.Dialect;

/** A measured server in a process of its own, with the folder that it writes to. */
final class MeasuredServer implements ClosedTogether.Part {
    /** Players here do more than people do, and more than the default limits allow. */
    static final Map<String, String> UNLIMITED = Map.of(
            "limits.frames-per-second", "100000",
            "limits.rates.moves", "10000",
            "limits.rates.chats", "10000",
            "limits.rates.pings", "10000",
            // Players stand still, and say nothing, while others join or are measured.
            "limits.idle-seconds", "600");

    private static final String OWN_CLASSES = System.getProperty("java.class.path");

    private final Dialect dialect;
    private final String title;
    private final ServerChild process;
    private final Path folder;
    private final Cores cores;
    private final Stop stop;
    private boolean isReady;

    private MeasuredServer(Dialect dialect, String title, ServerChild process, Path folder, Cores cores, Stop stop) {
        this.dialect = dialect;
        this.title = title;
        this.process = process;
        this.folder = folder;
        this.cores = cores;
        this.stop = stop;
    }

    /** Starts Tavern in the background. @param options JVM options */
    static MeasuredServer tavern(Bench bench, Cores cores, List<String> options) throws IOException {
        return tavern("Tavern", bench, cores, Map.of(), options);
    }

    /** Starts Tavern for players who come over WebSockets. */
    static MeasuredServer overWebSockets(String title, Bench bench, Cores cores, List<String> options)
            throws IOException {
        return tavern(Dialect.TAVERN_IN_WEB_SOCKET, title, bench, cores, Map.of(), options, OWN_CLASSES);
    }

    /** @param settings in addition to {@link #UNLIMITED} */
    static MeasuredServer tavern(
            String title, Bench bench, Cores cores, Map<String, String> settings, List<String> options)
            throws IOException {
        return tavern(Dialect.TAVERN, title, bench, cores, settings, options, OWN_CLASSES);
    }

    /** Starts a Tavern whose players join rooms of a game. @param settings in addition to {@link #UNLIMITED} */
    static MeasuredServer tavernWithGame(
            String title, Bench bench, Cores cores, Map<String, String> settings, List<String> options)
            throws IOException {
        return tavern(Dialect.TAVERN_GAME, title, bench, cores, settings, options, OWN_CLASSES);
    }

    /** Starts the Tavern that was built in another checkout. @param settings in addition to {@link #UNLIMITED} */
    static MeasuredServer otherBuild(
            Path checkout, Bench bench, Cores cores, Map<String, String> settings, List<String> options)
            throws IOException {
        return tavern(
                Dialect.TAVERN,
                "other build",
                bench,
                cores,
                settings,
                options,
                new MeasuredBuild(checkout).classPath());
    }

    private static MeasuredServer tavern(
            Dialect dialect,
            String title,
            Bench bench,
            Cores cores,
            Map<String, String> settings,
            List<String> options,
            String classPath)
            throws IOException {
        Path folder = Files.createTempDirectory(bench.folder(), "host");
        Map<String, String> all = new TreeMap<>(UNLIMITED);
        all.putAll(bench.serverSettings());
        all.putAll(settings);
        all.put("net.port", "0");
        all.putIfAbsent("ops.port", "0");
        all.put("store.path", folder.toString());
        return start(dialect, title, "tavern.server.Main", folder, all, cores, options, classPath, bench);
    }

    /** Starts a reference that sends each move when it arrives. */
    static MeasuredServer referenceAtOnce(Bench bench, Cores cores) throws IOException {
        return reference("reference, at once", bench, cores, List.of("-Dreference.at-once=true"));
    }

    /** Starts the reference in the background. @param options JVM options */
    static MeasuredServer reference(Bench bench, Cores cores, List<String> options) throws IOException {
        return reference("reference", bench, cores, options);
    }

    private static MeasuredServer reference(String title, Bench bench, Cores cores, List<String> options)
            throws IOException {
        Path folder = Files.createTempDirectory(bench.folder(), "host");
        String main = "tavern.bench.reference.ReferenceMain";
        return start(Dialect.REFERENCE, title, main, folder, Map.of(), cores, options, OWN_CLASSES, bench);
    }

    private static MeasuredServer start(
            Dialect dialect,
            String title,
            String mainClass,
            Path folder,
            Map<String, String> properties,
            Cores cores,
            List<String> options,
            String classPath,
            Bench bench)
            throws IOException {
        List<String> all = new ArrayList<>(cores.options());
        all.addAll(bench.flames().options());
        all.addAll(options);
        ServerChild process = ServerChild.launch(folder, mainClass, properties, all, classPath);
        return new MeasuredServer(dialect, title, process, folder, cores, bench.stop());
    }

    Dialect dialect() {
        return dialect;
    }

    String title() {
        return title;
    }

    /** Blocks until players can connect, then pins the server to its cores. */
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

    /** User and system time that the server has used so far. */
    long cpuMicros() {
        return Proc.cpuMicros(process.pid());
    }

    /** The server's resident memory. */
    long residentBytes() {
        return Proc.residentBytes(process.pid());
    }

    /** How its log says that the first of its players was disconnected; empty when none was. */
    String firstEnd() throws IOException {
        return process.logLine(" ended in ");
    }

    /** Kills the process at once. */
    void kill() {
        process.kill();
    }

    @Override
    public void end() {
        process.end();
    }

    /** @throws IOException if the server did not stop cleanly */
    @Override
    public void close() throws IOException, InterruptedException {
        process.close();
        Folders.remove(folder);
    }
}
