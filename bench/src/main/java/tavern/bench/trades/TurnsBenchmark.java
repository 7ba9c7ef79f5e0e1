package tavern.bench.trades;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import tavern.bench.Bench;
import tavern.bench.BenchServices;
import tavern.bench.Benchmark;
import tavern.bench.Jvm;
import tavern.bench.Section;

/** Measures how many turns of a game a second are carried out and durable, over TCP. */
public final class TurnsBenchmark implements Benchmark {
    private static final TurnsLoad.Workload HOT = new TurnsLoad.Workload(1, 64, 40, 0, 0);
    private static final TurnsLoad.Workload SPREAD = new TurnsLoad.Workload(100, 200, 20, 0, 0);

    static final List<Aim> AIMS = List.of(
            Aim.rate("turns, embedded store, one room", "turnsEmbeddedHot", 10_000),
            Aim.rate("turns, embedded store, 100 rooms", "turnsEmbedded", 30_000),
            Aim.ratio("turns, Redis / bare script, one room", "turnsRedisHot", "bareTurnsHot", 0.70),
            Aim.ratio("turns, Redis / bare script, 100 rooms", "turnsRedis", "bareTurns", 0.70));

    @Override
    public String kind() {
        return "turns";
    }

    @Override
    public String description() {
        return "turns of a game a second over TCP, each durable before it is answered";
    }

    @Override
    public boolean isInQuickLook() {
        return false;
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        return run(bench, kind(), AIMS, backends -> contenders(bench, backends));
    }

    /** Measures what is asked for of these, beside a Redis of their own. */
    static Section run(Bench bench, String kind, List<Aim> aims, Function<Backends, List<Contender>> contenders)
            throws IOException, InterruptedException {
        Pace pace = (bench.quick() ? Pace.QUICK : Pace.FULL).withRounds(bench);
        bench.progress().begin(1);
        try (BenchServices services =
                BenchServices.begin(bench.root(), bench.folder().resolve(kind + "-services"))) {
            services.awaitReady();
            try (Backends backends = new Backends(services.redisUri(), services.rabbitUri())) {
                Map<String, Long> processes = new TreeMap<>();
                processes.put("bench", Jvm.pid());
                processes.put("redis", services.redisPid());
                Rounds rounds = new Rounds(bench, pace, processes);
                List<Contender> asked = contenders.apply(backends).stream()
                        .filter(contender -> bench.asksFor(contender.key()))
                        .toList();
                return new TradesSection(kind, aims, pace, rounds.run(asked));
            }
        }
    }

    private static List<Contender> contenders(Bench bench, Backends backends) {
        List<Contender> contenders = new ArrayList<>();
        for (Setup setup : List.of(Setup.embedded(), Setup.redis(backends))) {
            String name =
                    Character.toUpperCase(setup.key().charAt(0)) + setup.key().substring(1);
            contenders.add(new TurnsOverTcp(
                    "turns" + name + "Hot", "turns, " + setup.title() + ", one room, 64 players", setup, HOT, bench));
            contenders.add(new TurnsOverTcp(
                    "turns" + name, "turns, " + setup.title() + ", 100 rooms, 200 players", setup, SPREAD, bench));
        }
        contenders.add(new BareTurns("bareTurnsHot", "bare pipelined turn script, Redis, one room", 1, backends));
        contenders.add(
                new BareTurns("bareTurns", "bare pipelined turn script, Redis, 100 rooms", SPREAD.rooms(), backends));
        return contenders;
    }
}
