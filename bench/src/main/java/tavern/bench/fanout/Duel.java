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
 * Servers that all have players and are measured in turn while the other servers' players stand still, so that a
 * passing disturbance affects them all.
 */
final class Duel implements AutoCloseable {
    private static final Duration SETTLE = Duration.ofMillis(500);
    private static final Duration SETTLE_QUICK = Duration.ofMillis(200);

    private final Bench bench;
    private final Duration settle;
    private final List<MeasuredServer> hosts;
    private final Map<MeasuredServer, Swarm> swarms = new LinkedHashMap<>();

    /** Makes players do what is measured. */
    @FunctionalInterface
    interface Doing {
        void begin(Swarm swarm) throws IOException, InterruptedException;
    }

    Duel(Bench bench, List<MeasuredServer> hosts, EventLoopGroup loops, int roomSize)
            throws IOException, InterruptedException {
        this.bench = bench;
        this.settle = bench.quick() ? SETTLE_QUICK : SETTLE;
        this.hosts = hosts;
        for (MeasuredServer host : hosts) {
            swarms.put(host, new Swarm(host.dialect(), host.address(), roomSize, loops, bench.stop()));
        }
    }

    static Doing at(Rates rates) {
        return swarm -> swarm.pace(rates);
    }

    private Swarm swarm(MeasuredServer host) {
        return Objects.requireNonNull(swarms.get(host));
    }

    void growTo(int players) throws IOException, InterruptedException {
        for (MeasuredServer host : hosts) {
            bench.progress().doing(host.title() + ": " + players + " players join");
            swarm(host).growTo(players);
            swarm(host).pace(Rates.IDLE);
        }
    }

    /** Warms up each server in turn for this long. */
    void warmUp(Doing doing, Duration length) throws IOException, InterruptedException {
        warmUp(hosts, doing, length);
    }

    /** Warms up only these servers. */
    void warmUp(List<MeasuredServer> some, Doing doing, Duration length) throws IOException, InterruptedException {
        for (MeasuredServer host : some) {
            bench.progress().doing("warming up " + host.title());
            doing.begin(swarm(host));
            bench.stop().pass(length);
            swarm(host).pace(Rates.IDLE);
        }
    }

    /** Measures one window of each server in turn, in each round. @return the windows of each server, in their order */
    List<List<FanOutWindow>> rounds(Doing doing, int rounds, Duration length) throws IOException, InterruptedException {
        return rounds(hosts, doing, rounds, length);
    }

    /** Measures only these servers. */
    List<List<FanOutWindow>> rounds(List<MeasuredServer> some, Doing doing, int rounds, Duration length)
            throws IOException, InterruptedException {
        List<List<FanOutWindow>> windows = new ArrayList<>();
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

    FanOutWindow window(MeasuredServer host, Doing doing, Duration length) throws IOException, InterruptedException {
        Swarm swarm = swarm(host);
        doing.begin(swarm);
        bench.stop().pass(settle);
        FanOutWindow window = FanOutWindow.of(host, swarm, length, bench.stop());
        swarm.pace(Rates.IDLE);
        return window;
    }

    /** Profiles each server in turn if flame graphs are wanted; call it last. @param what part of the files' names */
    void flames(String what, Doing doing) throws IOException, InterruptedException {
        flames(hosts, what, doing);
    }

    /** Profiles only these servers. */
    void flames(List<MeasuredServer> some, String what, Doing doing) throws IOException, InterruptedException {
        if (!bench.flames().areWanted()) {
            return;
        }
        for (MeasuredServer host : some) {
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
