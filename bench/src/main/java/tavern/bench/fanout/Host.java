package tavern.bench.fanout;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import tavern.bench.Bench;
import tavern.bench.Cores;
import tavern.bench.Folders;
import tavern.bench.Proc;
import tavern.bench.ServerChild;
import tavern.bench.load.Dialect;

/** A server that is measured, in a process of its own, and the folder it writes to. */
final class Host implements AutoCloseable {
    /** What players do here is more than people do, and more than the defaults allow. */
    static final Map<String, String> UNLIMITED = Map.of(
            "limits.frames-per-second", "100000",
            "limits.rates.moves", "10000",
            "limits.rates.chats", "10000",
            "limits.rates.pings", "10000");

    private final Dialect dialect;
    private final ServerChild process;
    private final Path folder;

    private Host(Dialect dialect, ServerChild process, Path folder) {
        this.dialect = dialect;
        this.process = process;
        this.folder = folder;
    }

    /** Blocks until players can connect. @param settings beyond {@link #UNLIMITED}, of Tavern */
    static Host start(Dialect dialect, Bench bench, Cores cores, Map<String, String> settings)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(bench.folder(), "host");
        Map<String, String> all = new TreeMap<>();
        if (dialect == Dialect.TAVERN) {
            all.putAll(UNLIMITED);
            all.putAll(settings);
            all.put("net.port", "0");
            all.put("ops.port", "0");
            all.put("store.path", folder.toString());
        }
        ServerChild process = ServerChild.start(folder, mainClass(dialect), all, cores.prefix(), bench.stop());
        return new Host(dialect, process, folder);
    }

    private static String mainClass(Dialect dialect) {
        return switch (dialect) {
            case TAVERN -> "tavern.server.Main";
            case REFERENCE -> "tavern.bench.reference.ReferenceMain";
        };
    }

    Dialect dialect() {
        return dialect;
    }

    InetSocketAddress address() throws IOException {
        return process.address();
    }

    long pid() {
        return process.pid();
    }

    String said() throws IOException {
        return process.said();
    }

    /** User and system time so far. */
    long cpuMicros() {
        return Proc.cpuMicros(process.pid());
    }

    /** @throws IOException when it did not stop cleanly */
    @Override
    public void close() throws IOException, InterruptedException {
        process.close();
        Folders.remove(folder);
    }
}
