package tavern.bench.fanout;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
        try (Load load = Load.on(cores, 1);
                Host reference = Host.reference(bench, cores);
                Host everybody = tavern("Tavern, everybody", bench, cores, canBeNear ? NEVER : "", pace.players());
                Host near = canBeNear ? tavern("Tavern, who is near", bench, cores, "1", pace.players()) : null) {
            List<Host> hosts = near == null ? List.of(reference, everybody) : List.of(reference, everybody, near);
            try (Duel duel = new Duel(bench, hosts, load.loops(), pace.players())) {
                duel.growTo(pace.players());
                duel.warmUp(Duel.at(MovesBenchmark.RATES), pace.warmUp());
                return new CrowdSection(
                        cores, pace, duel.rounds(Duel.at(MovesBenchmark.RATES), pace.rounds(), pace.window()));
            }
        }
    }

    /** @param fromCapacity from which on rooms tell of who is near; empty: the server knows no such setting */
    private static Host tavern(String title, Bench bench, Cores cores, String fromCapacity, int players)
            throws IOException, InterruptedException {
        Map<String, String> settings = new TreeMap<>();
        settings.put("room.capacity", Integer.toString(players));
        if (!fromCapacity.isEmpty()) {
            settings.put(FROM_CAPACITY, fromCapacity);
        }
        return Host.tavern(title, bench, cores, settings, List.of());
    }

    /** Whether this server can tell players of those who are near only. */
    private static boolean hasInterest() throws IOException {
        try (InputStream defaults = TavernServer.class.getResourceAsStream("/tavern.conf")) {
            return defaults != null
                    && new String(defaults.readAllBytes(), StandardCharsets.UTF_8).contains("from-capacity");
        }
    }
}
