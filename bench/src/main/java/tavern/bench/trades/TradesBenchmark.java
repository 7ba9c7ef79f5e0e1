package tavern.bench.trades;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tavern.bench.Bench;
import tavern.bench.BenchServices;
import tavern.bench.Benchmark;
import tavern.bench.Jvm;
import tavern.bench.Section;

/** Measures how many trades per second each contender commits. */
public final class TradesBenchmark implements Benchmark {
    @Override
    public String kind() {
        return "trades";
    }

    @Override
    public String description() {
        return "committed trades a second: textbook lock, embedded store, Redis, RabbitMQ, over TCP, bare limits";
    }

    @Override
    public void begin(Bench bench) throws IOException {
        services(bench);
    }

    private static BenchServices services(Bench bench) throws IOException {
        return bench.kept()
                .get(
                        BenchServices.class,
                        () -> BenchServices.begin(bench.root(), bench.folder().resolve("services")));
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        Pace pace = (bench.quick() ? Pace.QUICK : Pace.FULL).withRounds(bench);
        bench.progress().begin(1);
        bench.progress().doing("starting Redis and RabbitMQ");
        BenchServices services = services(bench);
        services.awaitReady();
        try {
            return measure(bench, pace, services);
        } finally {
            services.end();
        }
    }

    private static TradesSection measure(Bench bench, Pace pace, BenchServices services)
            throws IOException, InterruptedException {
        try (Backends backends = new Backends(services.redisUri(), services.rabbitUri())) {
            Map<String, Long> processes = new TreeMap<>();
            processes.put("bench", Jvm.pid());
            processes.put("redis", services.redisPid());
            processes.put("rabbitmq", services.rabbitPid());
            Rounds rounds = new Rounds(bench, pace, processes);
            return new TradesSection("trades", TradesSection.AIMS, pace, rounds.run(contenders(bench, pace, backends)));
        }
    }

    private static List<Contender> contenders(Bench bench, Pace pace, Backends backends) {
        List<Contender> contenders = new ArrayList<>(List.of(
                TextbookLock.hot(backends, pace.trial(), bench.stop()),
                TextbookLock.spread(backends, pace.trial(), bench.stop()),
                BareScript.alone(backends),
                new BarePublisher(backends.rabbitUri()),
                BareScript.withRelay(backends),
                new BareSqlite(bench.folder())));
        List<Setup> setups = List.of(Setup.embedded(), Setup.redis(backends), Setup.redisRabbit(backends));
        for (Setup setup : setups) {
            contenders.add(new ThroughRooms(setup, Crowd.SPREAD, bench.folder()));
            contenders.add(new ThroughRooms(setup, Crowd.HOT, bench.folder()));
        }
        for (Setup setup : setups.subList(0, 2)) {
            contenders.add(new ThroughRooms(setup, Crowd.FEW, bench.folder()));
            contenders.add(new ThroughRooms(setup, Crowd.LADEN, bench.folder()));
            contenders.add(ThroughStore.plain(setup, bench.folder()));
            contenders.add(ThroughStore.threeParties(setup, bench.folder()));
        }
        for (Setup setup : setups) {
            contenders.add(new OverTcp(setup, Crowd.CONNECTED, bench));
        }
        contenders.removeIf(contender -> !bench.asksFor(contender.key()));
        return contenders;
    }
}
