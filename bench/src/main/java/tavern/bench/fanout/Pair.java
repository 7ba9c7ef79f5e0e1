package tavern.bench.fanout;

import java.io.IOException;
import java.util.List;
import tavern.bench.Bench;
import tavern.bench.Cores;
import tavern.bench.Kept;

/** Tavern and the reference with their defaults, both on the server's core. */
final class Pair implements Kept.Part {
    private final Host tavern;
    private final Host reference;

    private Pair(Host tavern, Host reference) {
        this.tavern = tavern;
        this.reference = reference;
    }

    private static Pair start(Bench bench, Cores cores, List<String> options) throws IOException {
        Host tavern = Host.tavern(bench, cores, options);
        try {
            return new Pair(tavern, Host.reference(bench, cores, options));
        } catch (IOException | RuntimeException e) {
            tavern.kill();
            throw e;
        }
    }

    /**
     * Measures both. A quick look takes those of the benchmark before, which are warm; else each has its own.
     *
     * @param options of their JVMs
     */
    static <T> T with(Bench bench, Cores cores, List<String> options, Measuring<T> measuring)
            throws IOException, InterruptedException {
        if (bench.quick()) {
            return measuring.measure(kept(bench));
        }
        try (Pair own = start(bench, cores, options)) {
            return measuring.measure(own);
        }
    }

    /** Those of a quick look, fit for whatever is measured in one. */
    static Pair kept(Bench bench) throws IOException {
        return bench.kept().get(Pair.class, () -> start(bench, Cores.apart(), Memory.OPTIONS));
    }

    /** What is done with them. */
    @FunctionalInterface
    interface Measuring<T> {
        T measure(Pair pair) throws IOException, InterruptedException;
    }

    Host tavern() {
        return tavern;
    }

    Host reference() {
        return reference;
    }

    List<Host> hosts() {
        return List.of(tavern, reference);
    }

    @Override
    public void awaitReady() throws IOException, InterruptedException {
        for (Host host : hosts()) {
            host.awaitReady();
        }
    }

    @Override
    public void end() {
        hosts().forEach(Host::end);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try (tavern;
                reference) {
            // Both, even when one does not stop cleanly.
            end();
        }
    }
}
