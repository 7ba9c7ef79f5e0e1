package tavern.bench.fanout;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.Cores;
import tavern.bench.Section;
import tavern.bench.load.Rates;
import tavern.bench.load.Swarm;

/** Measures the cost of a player who is in a room and only keeps the connection alive. */
public final class ConnectionsBenchmark implements Benchmark {
    private static final int ROOM_SIZE = 20;

    @Override
    public String kind() {
        return "connections";
    }

    @Override
    public String description() {
        return "memory and CPU time of 10,000 players who are in rooms of 20 and do nothing";
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        return measure(bench, bench.quick() ? ConnectionsPace.QUICK : ConnectionsPace.FULL);
    }

    ConnectionsSection measure(Bench bench, ConnectionsPace pace) throws IOException, InterruptedException {
        Cores cores = Cores.apart();
        bench.progress().begin(2);
        bench.progress().doing("starting the servers");
        return Hosts.with(bench, hosts -> measure(bench, pace, cores, Pair.of(bench, hosts, cores, Memory.OPTIONS)));
    }

    private static ConnectionsSection measure(Bench bench, ConnectionsPace pace, Cores cores, Pair pair)
            throws IOException, InterruptedException {
        try (LoadLoops load = LoadLoops.on(cores, 1)) {
            // Pin both servers to their core now, not only when each is measured.
            for (MeasuredServer host : pair.hosts()) {
                host.awaitReady();
            }
            List<Idle> all = new ArrayList<>();
            for (MeasuredServer host : pair.hosts()) {
                all.add(idle(bench, pace, host, load));
                bench.progress().step();
            }
            return new ConnectionsSection(cores, pace, Rival.of(bench, pair), all.get(0), all.get(1));
        }
    }

    private static Idle idle(Bench bench, ConnectionsPace pace, MeasuredServer host, LoadLoops load)
            throws IOException, InterruptedException {
        bench.progress().doing(host.title() + ": the first players join and leave");
        try (Swarm first = swarm(host, load, bench)) {
            first.growTo(pace.before());
        }
        Memory before = Memory.of(host.pid(), bench.folder());
        long residentBefore = host.residentBytes();
        bench.progress().doing(host.title() + ": " + pace.players() + " players join");
        try (Swarm swarm = swarm(host, load, bench)) {
            swarm.growTo(pace.players());
            swarm.pace(Rates.IDLE);
            bench.stop().pass(pace.settle());
            List<FanOutWindow> silent = new ArrayList<>();
            List<FanOutWindow> pinging = new ArrayList<>();
            for (int turn = 0; turn < pace.turns(); turn++) {
                bench.progress().doing(host.title() + ": nothing happens");
                swarm.pace(Rates.SILENT);
                silent.add(FanOutWindow.of(host, swarm, pace.silent(), bench.stop()));
                bench.progress().doing(host.title() + ": pings only");
                swarm.pace(Rates.IDLE);
                pinging.add(FanOutWindow.of(host, swarm, pace.pinging(), bench.stop()));
            }
            long resident = host.residentBytes() - residentBefore;
            Memory after = Memory.of(host.pid(), bench.folder());
            Idle idle = new Idle(
                    host.title(),
                    pace.players(),
                    before,
                    after,
                    resident,
                    FanOutWindow.sum(silent),
                    FanOutWindow.sum(pinging));
            bench.flames().take(host.pid(), "connections", host.title(), bench.folder(), bench.stop());
            if (idle.disconnects() > 0) {
                throw new IOException(host.title() + " lost " + idle.disconnects() + " idle players");
            }
            return idle;
        }
    }

    private static Swarm swarm(MeasuredServer host, LoadLoops load, Bench bench)
            throws IOException, InterruptedException {
        return new Swarm(host.dialect(), host.address(), ROOM_SIZE, load.loops(), bench.stop());
    }
}
