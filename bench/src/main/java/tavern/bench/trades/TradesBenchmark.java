package tavern.bench.trades;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.Jvm;
import tavern.bench.Section;
import tavern.bench.Services;

/** How many trades a second are committed, by whom and by what. */
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
    public Section run(Bench bench) throws IOException, InterruptedException {
        Pace pace = bench.quick() ? Pace.QUICK : Pace.FULL;
        bench.progress().begin(1);
        bench.progress().doing("starting Redis and RabbitMQ");
        try (Services services = Services.start(bench.root(), bench.folder().resolve("services"))) {
            Map<String, Long> processes = new TreeMap<>();
            processes.put("bench", Jvm.pid());
            processes.put("redis", services.redisPid());
            processes.put("rabbitmq", services.rabbitPid());
            List<Contender> contenders = contenders(bench, services);
            return new TradesSection(pace, new Rounds(bench, pace, processes).run(contenders));
        }
    }

    private static List<Contender> contenders(Bench bench, Services services) {
        TextbookLock.Services both = new TextbookLock.Services(services.redisUri(), services.rabbitUri());
        Setup embedded = Setup.embedded();
        return List.of(
                TextbookLock.hot(both, bench.stop()),
                TextbookLock.spread(both, bench.stop()),
                new BarePublisher(services.rabbitUri()),
                new BareSqlite(bench.folder()),
                new ThroughRooms(embedded, Crowd.SPREAD, bench.folder()),
                new ThroughRooms(embedded, Crowd.HOT, bench.folder()),
                new OverTcp(embedded, bench.folder(), bench.stop()));
    }
}
