package tavern.bench.fanout;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.Cores;
import tavern.bench.Section;
import tavern.bench.load.Dialect;
import tavern.bench.load.Rates;
import tavern.bench.load.Swarm;
import tavern.sim.client.Transport;

/** What it costs to bring a move to the others in the room, beside the reference; and how many players one core holds. */
public final class MovesBenchmark implements Benchmark {
    static final int ROOM_SIZE = 20;
    static final Rates RATES = Rates.moving(10);

    private static final String COST = "cost";
    private static final String GROWTH = "growth";

    @Override
    public String kind() {
        return "moves";
    }

    @Override
    public String description() {
        return "CPU time and bytes of a move that another player sees, rooms of 20; the most players on one core";
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        return measure(bench, (bench.quick() ? MovesPace.QUICK : MovesPace.FULL).withRounds(bench));
    }

    MovesSection measure(Bench bench, MovesPace pace) throws IOException, InterruptedException {
        Cores cores = Cores.apart();
        bench.progress().begin((pace.rounds() + pace.growthRounds()) * 2);
        bench.progress().doing("starting the servers");
        EventLoopGroup loops = null;
        try (Cores.Kept kept = cores.keepLoad();
                Host tavern = Host.start(Dialect.TAVERN, bench, cores, Map.of());
                Host reference = Host.start(Dialect.REFERENCE, bench, cores, Map.of())) {
            loops = Transport.loops(1);
            Map<Dialect, List<Window>> windows = new EnumMap<>(Dialect.class);
            Map<Dialect, List<Growth.Result>> growths = new EnumMap<>(Dialect.class);
            List<Host> hosts = List.of(tavern, reference);
            // Whoever grows is to be warm too.
            windows.putAll(rounds(bench, pace, hosts, loops));
            if (bench.asksFor(GROWTH)) {
                growths.putAll(growths(bench, pace, hosts, loops));
            }
            return new MovesSection(cores, pace, windows, growths);
        } finally {
            Loops.close(loops);
        }
    }

    /** Both servers with as many players, measured in turn while the other's players stand still. */
    private static Map<Dialect, List<Window>> rounds(
            Bench bench, MovesPace pace, List<Host> hosts, EventLoopGroup loops)
            throws IOException, InterruptedException {
        Map<Dialect, List<Window>> windows = new EnumMap<>(Dialect.class);
        try (Swarm first = swarm(hosts.get(0), loops, bench);
                Swarm second = swarm(hosts.get(1), loops, bench)) {
            List<Swarm> swarms = List.of(first, second);
            for (int i = 0; i < hosts.size(); i++) {
                bench.progress().doing("warming up " + hosts.get(i).dialect());
                swarms.get(i).growTo(pace.players());
                swarms.get(i).pace(RATES);
                bench.stop().pass(pace.warmUp());
                swarms.get(i).pace(Rates.IDLE);
            }
            for (int round = 0; bench.asksFor(COST) && round < pace.rounds(); round++) {
                for (int i = 0; i < hosts.size(); i++) {
                    Host host = hosts.get(i);
                    bench.progress().doing(host.dialect() + ", round " + (round + 1));
                    swarms.get(i).pace(RATES);
                    bench.stop().pass(pace.settle());
                    windows.computeIfAbsent(host.dialect(), any -> new ArrayList<>())
                            .add(Window.of(host, swarms.get(i), pace.window(), bench.stop()));
                    swarms.get(i).pace(Rates.IDLE);
                    bench.progress().step();
                }
            }
        }
        return windows;
    }

    private static Map<Dialect, List<Growth.Result>> growths(
            Bench bench, MovesPace pace, List<Host> hosts, EventLoopGroup loops)
            throws IOException, InterruptedException {
        Map<Dialect, List<Growth.Result>> results = new EnumMap<>(Dialect.class);
        for (int round = 0; round < pace.growthRounds(); round++) {
            for (Host host : hosts) {
                Growth growth = new Growth(host, loops, ROOM_SIZE, RATES, pace.growthWindow(), bench);
                results.computeIfAbsent(host.dialect(), any -> new ArrayList<>())
                        .add(growth.run(pace.growth(), pace.refine()));
                bench.progress().step();
            }
        }
        return results;
    }

    private static Swarm swarm(Host host, EventLoopGroup loops, Bench bench) throws IOException {
        return new Swarm(host.dialect(), host.address(), ROOM_SIZE, loops, bench.stop());
    }
}
