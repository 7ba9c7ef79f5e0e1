package tavern.bench.fanout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tavern.bench.Bench;
import tavern.bench.BenchServices;
import tavern.bench.Benchmark;
import tavern.bench.ClosedTogether;
import tavern.bench.Cores;
import tavern.bench.Jvm;
import tavern.bench.Proc;
import tavern.bench.Section;
import tavern.bench.load.Counts;
import tavern.bench.load.Rates;
import tavern.bench.load.Swarm;

/**
 * Compares what a player costs on one server of a realm, and on two with as many players each. All three servers are there all the time, and share a
 * core: two servers on a core each would need a machine whose load has cores of its own, and CPU time is what does not depend
 * on that.
 */
public final class ServersBenchmark implements Benchmark {
    @Override
    public String kind() {
        return "servers";
    }

    @Override
    public String description() {
        return "what a player costs on one server of a realm, and on two with as many each";
    }

    @Override
    public boolean isInQuickLook() {
        return false;
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        return measure(bench, (bench.quick() ? ServersPace.QUICK : ServersPace.FULL).withRounds(bench));
    }

    ServersSection measure(Bench bench, ServersPace pace) throws IOException, InterruptedException {
        Cores cores = Cores.apart();
        bench.progress().begin(2 * pace.rounds());
        bench.progress().doing("starting Redis and three servers");
        try (BenchServices services =
                BenchServices.begin(bench.root(), bench.folder().resolve("servers-services"))) {
            services.awaitReady();
            try (ClosedTogether closed = new ClosedTogether()) {
                List<MeasuredServer> servers = new ArrayList<>();
                for (String id : List.of("alone", "one", "other")) {
                    MeasuredServer server = MeasuredServer.tavern(id, bench, cores, settings(id, services), List.of());
                    closed.add(server);
                    server.awaitReady();
                    servers.add(server);
                }
                return measure(bench, pace, cores, servers);
            }
        }
    }

    private static Map<String, String> settings(String id, BenchServices services) {
        return Map.of(
                "node.id",
                id,
                "store.kind",
                "redis",
                "store.redis.uri",
                services.redisUri(),
                "cluster.enabled",
                "true",
                // Rooms are opened where they are asked for.
                "cluster.placement-margin-percent",
                "1000",
                "limits.rates.joins",
                "10000");
    }

    private static ServersSection measure(Bench bench, ServersPace pace, Cores cores, List<MeasuredServer> servers)
            throws IOException, InterruptedException {
        try (LoadLoops load = LoadLoops.on(cores, 1);
                Swarm all = swarm(servers.get(0), load, bench);
                Swarm first = swarm(servers.get(1), load, bench);
                Swarm second = swarm(servers.get(2), load, bench)) {
            bench.progress().doing("players join");
            all.growTo(pace.players());
            first.growTo(pace.players());
            second.growTo(pace.players());
            List<Side> sides = List.of(
                    new Side(servers.subList(0, 1), List.of(all)),
                    new Side(servers.subList(1, 3), List.of(first, second)));
            for (Side side : sides) {
                side.pace(Rates.IDLE);
            }
            List<List<FanOutWindow>> windows = List.of(new ArrayList<>(), new ArrayList<>());
            for (Side side : sides) {
                bench.progress().doing("warming up");
                side.pace(MovesBenchmark.RATES);
                bench.stop().pass(pace.warmUp());
                side.pace(Rates.IDLE);
            }
            for (int round = 0; round < pace.rounds(); round++) {
                for (int i = 0; i < sides.size(); i++) {
                    bench.progress().doing(i == 0 ? "one server" : "two servers");
                    windows.get(i).add(sides.get(i).window(pace, bench));
                    bench.progress().step();
                }
            }
            return new ServersSection(pace, cores, windows.get(0), windows.get(1));
        }
    }

    private static Swarm swarm(MeasuredServer server, LoadLoops load, Bench bench)
            throws IOException, InterruptedException {
        return new Swarm(server.dialect(), server.address(), MovesBenchmark.ROOM_SIZE, load.loops(), bench.stop());
    }

    /** Servers that are measured together, and their players. */
    private record Side(List<MeasuredServer> servers, List<Swarm> swarms) {
        void pace(Rates rates) throws IOException, InterruptedException {
            for (Swarm swarm : swarms) {
                swarm.pace(rates);
            }
        }

        private long cpuMicros() {
            return servers.stream().mapToLong(MeasuredServer::cpuMicros).sum();
        }

        private Counts take() throws IOException, InterruptedException {
            Counts counts = new Counts();
            for (Swarm swarm : swarms) {
                counts.add(swarm.take());
            }
            return counts;
        }

        FanOutWindow window(ServersPace pace, Bench bench) throws IOException, InterruptedException {
            pace(MovesBenchmark.RATES);
            bench.stop().pass(pace.settle());
            take();
            long began = System.nanoTime();
            long cpu = cpuMicros();
            long load = Proc.cpuMicros(Jvm.pid());
            bench.stop().pass(pace.window());
            Counts counts = take();
            long cpuMicros = cpuMicros() - cpu;
            long loadMicros = Proc.cpuMicros(Jvm.pid()) - load;
            double seconds = (System.nanoTime() - began) / 1e9;
            pace(Rates.IDLE);
            bench.stop().pass(Duration.ofMillis(200));
            return new FanOutWindow(
                    servers.size() * pace.players(), MovesBenchmark.ROOM_SIZE, seconds, cpuMicros, loadMicros, counts);
        }
    }
}
