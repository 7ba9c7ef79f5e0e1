package tavern.bench.fanout;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import tavern.bench.Bench;
import tavern.bench.ClosedTogether;

/**
 * The servers of a benchmark, each started on first use. In a quick look they are kept for later benchmarks, which find
 * them warm.
 */
final class Hosts implements ClosedTogether.Part {
    private final ClosedTogether all = new ClosedTogether();
    private final Map<String, MeasuredServer> byName = new HashMap<>();

    /** A measurement that uses the servers. */
    @FunctionalInterface
    interface Measuring<T> {
        T measure(Hosts hosts) throws IOException, InterruptedException;
    }

    /** Starts one server. */
    @FunctionalInterface
    interface Starter {
        MeasuredServer start() throws IOException;
    }

    static <T> T with(Bench bench, Measuring<T> measuring) throws IOException, InterruptedException {
        if (bench.quick()) {
            return measuring.measure(kept(bench));
        }
        try (Hosts own = new Hosts()) {
            return measuring.measure(own);
        }
    }

    /** The servers that are kept during a quick look. */
    static Hosts kept(Bench bench) throws IOException {
        return bench.kept().get(Hosts.class, Hosts::new);
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    MeasuredServer get(String name, Starter starter) throws IOException {
        MeasuredServer host = byName.get(name);
        if (host == null) {
            host = all.add(starter.start());
            byName.put(name, host);
        }
        return host;
    }

    @Override
    public void awaitReady() throws IOException, InterruptedException {
        all.awaitReady();
    }

    @Override
    public void end() {
        all.end();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        all.close();
    }
}
