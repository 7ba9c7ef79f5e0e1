package tavern.bench.fanout;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.Cores;
import tavern.bench.Section;
import tavern.bench.load.Rates;

/** Measures the cost per player of one large room when each player sees those nearby, and when each sees everybody. */
public final class CrowdBenchmark implements Benchmark {
    private static final String FROM_CAPACITY = "room.interest.from-capacity";

    @Override
    public String kind() {
        return "crowd";
    }

    @Override
    public String description() {
        return "CPU time per player in a room of 1,000: told of those nearby, of everybody, of each change at once";
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        if (!bench.players().isEmpty()) {
            return PackedCrowd.measure(bench);
        }
        return measure(bench, (bench.quick() ? CrowdPace.QUICK : CrowdPace.FULL).withRounds(bench));
    }

    CrowdSection measure(Bench bench, CrowdPace pace) throws IOException, InterruptedException {
        Cores cores = Cores.apart();
        bench.progress().begin(pace.rounds() * 6);
        bench.progress().doing("starting the servers");
        return Hosts.with(bench, hosts -> measure(bench, pace, cores, hosts));
    }

    private static CrowdSection measure(Bench bench, CrowdPace pace, Cores cores, Hosts hosts)
            throws IOException, InterruptedException {
        MeasuredServer near = hosts.get("near", () -> near(bench, cores, pace.players()));
        MeasuredServer atOnce = hosts.get("at once", () -> MeasuredServer.referenceAtOnce(bench, cores));
        // By default everybody sees everybody in a room of this size.
        Pair pair = Pair.of(bench, hosts, cores, List.of());
        MeasuredServer everybody = pair.tavern();
        MeasuredServer reference = pair.reference();
        try (LoadLoops load = LoadLoops.on(cores, 1);
                Duel duel =
                        new Duel(bench, List.of(near, everybody, reference, atOnce), load.loops(), pace.players())) {
            duel.growTo(pace.players());
            Duel.Doing often = Duel.at(MovesBenchmark.RATES);
            Duel.Doing seldom = Duel.at(Rates.moving(pace.movesAtOnce()));
            List<MeasuredServer> ticking = List.of(near, everybody, reference);
            duel.warmUp(ticking, often, pace.warmUp());
            duel.warmUp(List.of(atOnce), seldom, pace.warmUp());
            List<List<FanOutWindow>> atTicks = duel.rounds(ticking, often, pace.rounds(), pace.window());
            List<MeasuredServer> compared = List.of(near, everybody, atOnce);
            List<List<FanOutWindow>> atRate = duel.rounds(compared, seldom, pace.rounds(), pace.window());
            duel.flames(ticking, "crowd", often);
            duel.flames(compared, "crowd seldom", seldom);
            return new CrowdSection(cores, pace, atTicks, atRate);
        }
    }

    private static MeasuredServer near(Bench bench, Cores cores, int players) throws IOException {
        Map<String, String> settings = Map.of("room.capacity", Integer.toString(players), FROM_CAPACITY, "1");
        return MeasuredServer.tavern("Tavern, who is near", bench, cores, settings, List.of());
    }
}
