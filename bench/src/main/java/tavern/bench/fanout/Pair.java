package tavern.bench.fanout;

import java.io.IOException;
import java.util.List;
import tavern.bench.Bench;
import tavern.bench.Cores;

/** Tavern and the reference with their defaults, both on the server's core. */
record Pair(Host tavern, Host reference) {
    static final String TAVERN = "Tavern";

    /** @param options of their JVMs; those of a quick look are fit for whatever is measured in one */
    static Pair of(Bench bench, Hosts hosts, Cores cores, List<String> options) throws IOException {
        List<String> all = bench.quick() ? Memory.OPTIONS : options;
        return new Pair(
                hosts.get(TAVERN, () -> Host.tavern(bench, cores, all)),
                hosts.get("reference", () -> Host.reference(bench, cores, all)));
    }

    List<Host> hosts() {
        return List.of(tavern, reference);
    }
}
