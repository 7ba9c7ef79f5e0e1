package tavern.bench.fanout;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tavern.bench.Bench;
import tavern.bench.load.Rates;
import tavern.bench.load.Swarm;

/**
 * Servers that all have their players, measured in turn while the others' players stand still: what disturbs the
 * machine for a while disturbs them all.
 */
final class Duel implements AutoCloseable {
    private static final Duration SETTLE = Duration.ofMillis(500);

    private final Bench bench;
    private final List<Host> hosts;
    private final List<Swarm> swarms = new ArrayList<>();

    /** What players do while they are measured. */
    @FunctionalInterface
    interface Doing {
        void begin(Swarm swarm) throws IOException, InterruptedException;
    }

    Duel(Bench bench, List<Host> hosts, EventLoopGroup loops, int roomSize) throws IOException {
        this.bench = bench;
        this.hosts = hosts;
        for (Host host : hosts) {
            swarms.add(new Swarm(host.dialect(), host.address(), roomSize, loops, bench.stop()));
        }
    }

    static Doing at(Rates rates) {
        return swarm -> swarm.pace(rates);
    }

    void growTo(int players) throws IOException, InterruptedException {
        for (int i = 0; i < hosts.size(); i++) {
            bench.progress().doing(hosts.get(i).title() + ": " + players + " players come in");
            swarms.get(i).growTo(players);
            swarms.get(i).pace(Rates.IDLE);
        }
    }

    /** Each server for so long, in turn. */
    void warmUp(Doing doing, Duration length) throws IOException, InterruptedException {
        for (int i = 0; i < hosts.size(); i++) {
            bench.progress().doing("warming up " + hosts.get(i).title());
            doing.begin(swarms.get(i));
            bench.stop().pass(length);
            swarms.get(i).pace(Rates.IDLE);
        }
    }

    /** One window of each server in turn. @return by server, in their order */
    List<List<Window>> rounds(Doing doing, int rounds, Duration length) throws IOException, InterruptedException {
        List<List<Window>> windows = new ArrayList<>();
        hosts.forEach(host -> windows.add(new ArrayList<>()));
        for (int round = 1; round <= rounds; round++) {
            for (int i = 0; i < hosts.size(); i++) {
                bench.progress().doing(hosts.get(i).title() + ", round " + round);
                windows.get(i).add(window(i, doing, length));
                bench.progress().step();
            }
        }
        return windows;
    }

    /** @param host its place among the servers */
    Window window(int host, Doing doing, Duration length) throws IOException, InterruptedException {
        Swarm swarm = swarms.get(host);
        doing.begin(swarm);
        bench.stop().pass(SETTLE);
        Window window = Window.of(hosts.get(host), swarm, length, bench.stop());
        swarm.pace(Rates.IDLE);
        return window;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (Swarm swarm : swarms) {
            swarm.close();
        }
    }
}
