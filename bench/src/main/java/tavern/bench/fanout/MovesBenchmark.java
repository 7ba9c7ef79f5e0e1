package tavern.bench.fanout;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.Cores;
import tavern.bench.Section;
import tavern.bench.load.Rates;

/**
 * Measures the cost of sending moves to the others in a room, and the most players on one core, beside the reference.
 */
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
        return "CPU time and bytes per update of another player, in rooms of 20; the most players on one core";
    }

    @Override
    public void begin(Bench bench) throws IOException {
        Pair.of(bench, Hosts.kept(bench), Cores.apart(), List.of());
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        return measure(bench, (bench.quick() ? MovesPace.QUICK : MovesPace.FULL).withRounds(bench));
    }

    MovesSection measure(Bench bench, MovesPace pace) throws IOException, InterruptedException {
        Cores cores = Cores.apart();
        bench.progress().begin((pace.rounds() + pace.growthRounds()) * 2);
        bench.progress().doing("starting the servers");
        return Hosts.with(bench, hosts -> measure(bench, pace, cores, Pair.of(bench, hosts, cores, List.of())));
    }

    private static MovesSection measure(Bench bench, MovesPace pace, Cores cores, Pair pair)
            throws IOException, InterruptedException {
        try (LoadLoops load = LoadLoops.on(cores, 1)) {
            // Run this even without rounds: it also warms up the servers for the growth.
            List<List<FanOutWindow>> windows = rounds(bench, pace, pair.hosts(), load);
            List<List<Growth.Result>> growths = growths(bench, pace, pair.hosts(), load);
            Optional<ColyseusPeer> peer = bench.peers()
                    ? Optional.of(ColyseusPeer.measure(bench, cores, pace.warmUp(), pace.window()))
                    : Optional.empty();
            return new MovesSection(cores, pace, pair.tavern().title(), Rival.of(bench, pair), windows, growths, peer);
        }
    }

    private static List<List<FanOutWindow>> rounds(
            Bench bench, MovesPace pace, List<MeasuredServer> hosts, LoadLoops load)
            throws IOException, InterruptedException {
        try (Duel duel = new Duel(bench, hosts, load.loops(), ROOM_SIZE)) {
            duel.growTo(pace.players());
            duel.warmUp(Duel.at(RATES), pace.warmUp());
            List<List<FanOutWindow>> windows =
                    duel.rounds(Duel.at(RATES), bench.asksFor(COST) ? pace.rounds() : 0, pace.window());
            duel.flames("moves", Duel.at(RATES));
            return windows;
        }
    }

    private static List<List<Growth.Result>> growths(
            Bench bench, MovesPace pace, List<MeasuredServer> hosts, LoadLoops load)
            throws IOException, InterruptedException {
        List<List<Growth.Result>> results = new ArrayList<>();
        hosts.forEach(host -> results.add(new ArrayList<>()));
        for (int round = 0; bench.asksFor(GROWTH) && round < pace.growthRounds(); round++) {
            for (int i = 0; i < hosts.size(); i++) {
                Growth growth = new Growth(
                        hosts.get(i), load.loops(), ROOM_SIZE, RATES, pace.growthSettle(), pace.growthWindow(), bench);
                results.get(i).add(growth.run(pace.growth(), pace.refine()));
                bench.progress().step();
            }
        }
        return results;
    }
}
