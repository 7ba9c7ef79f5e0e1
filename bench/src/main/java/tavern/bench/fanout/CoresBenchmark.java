package tavern.bench.fanout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.Cores;
import tavern.bench.Section;
import tavern.bench.Stop;
import tavern.bench.load.Swarm;

/** Compares the most players on two cores with the most on one. */
public final class CoresBenchmark implements Benchmark {
    @Override
    public String kind() {
        return "cores";
    }

    @Override
    public String description() {
        return "the most players on one core and on two";
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        return measure(bench, (bench.quick() ? CoresPace.QUICK : CoresPace.FULL).withRounds(bench));
    }

    CoresSection measure(Bench bench, CoresPace pace) throws IOException, InterruptedException {
        if (!Cores.canPin() || Cores.allowed().size() < 2) {
            return new CoresSection(pace, List.of());
        }
        List<CoresSection.Part> parts = new ArrayList<>();
        bench.progress().begin(pace.rounds() * 2);
        for (int count = 1; count <= 2; count++) {
            parts.add(new CoresSection.Part(Cores.forServer(count), new ArrayList<>()));
        }
        for (int round = 0; round < pace.rounds(); round++) {
            for (int count = 1; count <= 2; count++) {
                parts.get(count - 1).growths().add(grow(bench, pace, Cores.forServer(count), count));
                bench.progress().step();
            }
        }
        return new CoresSection(pace, parts);
    }

    private static Growth.Result grow(Bench bench, CoresPace pace, Cores cores, int threads)
            throws IOException, InterruptedException {
        bench.progress().doing("Tavern: " + cores.text());
        if (bench.quick() && threads == 1) {
            Hosts hosts = Hosts.kept(bench);
            // The same server on the same core; already warm if an earlier benchmark used it.
            Duration warmUp = hosts.has(Pair.TAVERN) ? Duration.ZERO : pace.warmUp();
            MeasuredServer host = hosts.get(Pair.TAVERN, () -> MeasuredServer.tavern(bench, cores, Memory.OPTIONS));
            return grow(bench, pace, cores, threads, host, warmUp);
        }
        try (MeasuredServer host = MeasuredServer.tavern(bench, cores, List.of())) {
            return grow(bench, pace, cores, threads, host, pace.warmUp());
        }
    }

    private static Growth.Result grow(
            Bench bench, CoresPace pace, Cores cores, int threads, MeasuredServer host, Duration warmUp)
            throws IOException, InterruptedException {
        try (LoadLoops load = LoadLoops.on(cores, threads)) {
            if (!warmUp.isZero()) {
                warmUp(host, load, pace.growth().get(0), warmUp, bench.stop());
            }
            Growth growth = new Growth(
                    host,
                    load.loops(),
                    MovesBenchmark.ROOM_SIZE,
                    MovesBenchmark.RATES,
                    pace.settle(),
                    pace.window(),
                    bench);
            return growth.run(pace.growth(), pace.refine());
        }
    }

    private static void warmUp(MeasuredServer host, LoadLoops load, int players, Duration length, Stop stop)
            throws IOException, InterruptedException {
        try (Swarm warm = new Swarm(host.dialect(), host.address(), MovesBenchmark.ROOM_SIZE, load.loops(), stop)) {
            warm.growTo(players);
            warm.pace(MovesBenchmark.RATES);
            stop.pass(length);
        }
    }
}
