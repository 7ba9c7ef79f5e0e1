package tavern.bench.fanout;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tavern.bench.Bench;
import tavern.bench.Cores;

/** Tavern and its rival (the reference, another build of Tavern, or Tavern over TCP), with default settings, on the server's core. */
record Pair(MeasuredServer tavern, MeasuredServer reference) {
    static final String TAVERN = "Tavern";

    /** @param options JVM options; a quick look uses options that suit all its benchmarks instead */
    static Pair of(Bench bench, Hosts hosts, Cores cores, List<String> options) throws IOException {
        List<String> all = bench.quick() ? Memory.OPTIONS : options;
        if (bench.webSocket()) {
            return new Pair(
                    hosts.get("WebSocket", () -> MeasuredServer.overWebSockets("WebSocket", bench, cores, all)),
                    hosts.get("plain TCP", () -> MeasuredServer.tavern("plain TCP", bench, cores, Map.of(), all)));
        }
        return new Pair(
                hosts.get(TAVERN, () -> MeasuredServer.tavern(bench, cores, all)),
                hosts.get("reference", () -> rival(bench, cores, Map.of(), all)));
    }

    /** The same with epoll on both sides, whatever the machine allows; the reference always uses it. */
    static Pair overEpoll(Bench bench, Hosts hosts, Cores cores, List<String> options) throws IOException {
        List<String> all = bench.quick() ? Memory.OPTIONS : options;
        Map<String, String> epoll = Map.of("net.transport", "epoll");
        return new Pair(
                hosts.get("Tavern over epoll", () -> MeasuredServer.tavern(TAVERN, bench, cores, epoll, all)),
                bench.against() == null
                        ? hosts.get("reference", () -> MeasuredServer.reference(bench, cores, all))
                        : hosts.get("other build over epoll", () -> rival(bench, cores, epoll, all)));
    }

    private static MeasuredServer rival(Bench bench, Cores cores, Map<String, String> settings, List<String> options)
            throws IOException {
        Path against = bench.against();
        return against == null
                ? MeasuredServer.reference(bench, cores, options)
                : MeasuredServer.otherBuild(against, bench, cores, settings, options);
    }

    List<MeasuredServer> hosts() {
        return List.of(tavern, reference);
    }
}
