package tavern.bench.fanout;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tavern.bench.Bench;
import tavern.bench.load.Rates;
import tavern.bench.load.Swarm;

/**
 * Servers that all have their players, measured in turn while the others' players stand still: what disturbs the
 * machine for a while disturbs them all.
 */
final class Duel implements AutoCloseable {
    private static final Duration SETTLE = Duration.ofMillis(500);
    private static final Duration SETTLE_QUICK = Duration.ofMillis(200);

    private final Bench bench;
    private final Duration settle;
    private final List<Host> hosts;
    private final Map<Host, Swarm> swarms = new LinkedHashMap<>();

    /** What players do while they are measured. */
    @FunctionalInterface
    interface Doing {
        void begin(Swarm swarm) throws IOException, InterruptedException;
    }

    Duel(Bench bench, List<Host> hosts, EventLoopGroup loops, int roomSize) throws IOException, InterruptedException {
        this.bench = bench;
        this.settle = bench.quick() ? SETTLE_QUICK : SETTLE;
        this.hosts = hosts;
        for (Host host : hosts) {
            swarms.put(host, new Swarm(host.dialect(), host.address(), roomSize, loops, bench.stop()));
        }
    }

    static Doing at(Rates rates) {
        return swarm -> swarm.pace(rates);
    }

    private Swarm swarm(Host host) {
        return Objects.requireNonNull(swarms.get(host));
    }

    void growTo(int players) throws IOException, InterruptedException {
        for (Host host : hosts) {
            bench.progress().doing(host.title() + ": " + players + " players come in");
            swarm(host).growTo(players);
            swarm(host).pace(Rates.IDLE);
        }
    }

    /** Each server for so long, in turn. */
    void warmUp(Doing doing, Duration length) throws IOException, InterruptedException {
        warmUp(hosts, doing, length);
    }

    /** @param some of the servers */
    void warmUp(List<Host> some, Doing doing, Duration length) throws IOException, InterruptedException {
        for (Host host : some) {
            bench.progress().doing("warming up " + host.title());
            doing.begin(swarm(host));
            bench.stop().pass(length);
            swarm(host).pace(Rates.IDLE);
        }
    }

    /** One window of each server in turn. @return by server, in their order */
    List<List<Window>> rounds(Doing doing, int rounds, Duration length) throws IOException, InterruptedException {
        return rounds(hosts, doing, rounds, length);
    }

    /** @param some of the servers */
    List<List<Window>> rounds(List<Host> some, Doing doing, int rounds, Duration length)
            throws IOException, InterruptedException {
        List<List<Window>> windows = new ArrayList<>();
        some.forEach(host -> windows.add(new ArrayList<>()));
        for (int round = 1; round <= rounds; round++) {
            for (int i = 0; i < some.size(); i++) {
                bench.progress().doing(some.get(i).title() + ", round " + round);
                windows.get(i).add(window(some.get(i), doing, length));
                bench.progress().step();
            }
        }
        return windows;
    }

    Window window(Host host, Doing doing, Duration length) throws IOException, InterruptedException {
        Swarm swarm = swarm(host);
        doing.begin(swarm);
        bench.stop().pass(settle);
        Window window = Window.of(host, swarm, length, bench.stop());
        swarm.pace(Rates.IDLE);
        return window;
    }

    /** Profiles each server in turn, where that is wanted: after all that is measured. @param what in the names of files */
    void flames(String what, Doing doing) throws IOException, InterruptedException {
        flames(hosts, what, doing);
    }

    /** @param some of the servers */
    void flames(List<Host> some, String what, Doing doing) throws IOException, InterruptedException {
        if (!bench.flames().areWanted()) {
            return;
        }
        for (Host host : some) {
            bench.progress().doing("profiling " + host.title());
            doing.begin(swarm(host));
            bench.stop().pass(settle);
            bench.flames().take(host.pid(), what, host.title(), bench.folder(), bench.stop());
            swarm(host).pace(Rates.IDLE);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (Swarm swarm : swarms.values()) {
            swarm.close();
        }
    }
}
