package tavern.bench.fanout;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.Cores;
import tavern.bench.Section;
import tavern.server.TavernServer;

/** One room of many players spread over the map: what each costs when near ones are told, and when all are. */
public final class CrowdBenchmark implements Benchmark {
    private static final String FROM_CAPACITY = "room.interest.from-capacity";
    private static final String NEVER = "1000000";

    @Override
    public String kind() {
        return "crowd";
    }

    @Override
    public String description() {
        return "CPU time of each player in one room of 1,000: told of who is near, and told of everybody";
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        return measure(bench, (bench.quick() ? CrowdPace.QUICK : CrowdPace.FULL).withRounds(bench));
    }

    CrowdSection measure(Bench bench, CrowdPace pace) throws IOException, InterruptedException {
        Cores cores = Cores.apart();
        boolean canBeNear = hasInterest();
        bench.progress().begin(pace.rounds() * (canBeNear ? 3 : 2));
        bench.progress().doing("starting the servers");
        String capacity = Integer.toString(pace.players());
        List<Host> hosts = new ArrayList<>();
        try (Load load = Load.on(cores, 1)) {
            hosts.add(Host.reference(bench, cores));
            Map<String, String> everybody = canBeNear
                    ? Map.of("room.capacity", capacity, FROM_CAPACITY, NEVER)
                    : Map.of("room.capacity", capacity);
            hosts.add(Host.tavern("Tavern, everybody", bench, cores, everybody, List.of()));
            if (canBeNear) {
                Map<String, String> near = Map.of("room.capacity", capacity, FROM_CAPACITY, capacity);
                hosts.add(Host.tavern("Tavern, who is near", bench, cores, near, List.of()));
            }
            try (Duel duel = new Duel(bench, hosts, load.loops(), pace.players())) {
                duel.growTo(pace.players());
                duel.warmUp(Duel.at(MovesBenchmark.RATES), pace.warmUp());
                List<List<Window>> windows = duel.rounds(Duel.at(MovesBenchmark.RATES), pace.rounds(), pace.window());
                return new CrowdSection(cores, pace, windows);
            }
        } finally {
            for (Host host : hosts) {
                host.close();
            }
        }
    }

    /** Whether this server can tell players of those who are near only. */
    private static boolean hasInterest() throws IOException {
        try (InputStream defaults = TavernServer.class.getResourceAsStream("/tavern.conf")) {
            return defaults != null
                    && new String(defaults.readAllBytes(), StandardCharsets.UTF_8).contains("from-capacity");
        }
    }
}
