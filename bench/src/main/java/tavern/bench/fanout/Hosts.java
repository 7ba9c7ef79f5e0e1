package tavern.bench.fanout;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import tavern.bench.Bench;
import tavern.bench.Kept;

/**
 * The servers of a benchmark, each started by whoever first asks for it. In a quick look they stay for the benchmarks after
 * it, which find them warm.
 */
final class Hosts implements Kept.Part {
    private final Kept all = new Kept();
    private final Map<String, Host> byName = new HashMap<>();

    /** What is done with them. */
    @FunctionalInterface
    interface Measuring<T> {
        T measure(Hosts hosts) throws IOException, InterruptedException;
    }

    /** What starts one. */
    @FunctionalInterface
    interface Starter {
        Host start() throws IOException;
    }

    static <T> T with(Bench bench, Measuring<T> measuring) throws IOException, InterruptedException {
        if (bench.quick()) {
            return measuring.measure(kept(bench));
        }
        try (Hosts own = new Hosts()) {
            return measuring.measure(own);
        }
    }

    /** Those of a quick look. */
    static Hosts kept(Bench bench) throws IOException {
        return bench.kept().get(Hosts.class, Hosts::new);
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    Host get(String name, Starter starter) throws IOException {
        Host host = byName.get(name);
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
