package tavern.bench.fanout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.Cores;
import tavern.bench.Section;
import tavern.bench.load.Swarm;

/** Measures how much honest players suffer from many clients that read slowly but keep within all limits. */
public final class SlowReadersBenchmark implements Benchmark {
    private static final Duration SLICE = Duration.ofSeconds(1);
    private static final String WAITING = "tavern_net_outbound_waiting_bytes";
    private static final String BUDGET = "tavern_net_outbound_waiting_bytes_max";

    @Override
    public String kind() {
        return "slow-readers";
    }

    @Override
    public String description() {
        return "700 clients that read slowly, and how the others are served; over epoll and io_uring";
    }

    @Override
    public boolean isInQuickLook() {
        return false;
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        return measure(bench, bench.quick() ? SlowReadersPace.QUICK : SlowReadersPace.FULL);
    }

    SlowReadersSection measure(Bench bench, SlowReadersPace pace) throws IOException, InterruptedException {
        Cores cores = Cores.apart();
        List<String> transports =
                List.of("epoll", "io_uring").stream().filter(bench::asksFor).toList();
        bench.progress().begin(transports.size());
        List<SlowReadersSection.Siege> sieges = new ArrayList<>();
        for (String transport : transports) {
            sieges.add(besiege(bench, pace, cores, transport));
            bench.progress().step();
        }
        return new SlowReadersSection(cores, pace, sieges);
    }

    private static SlowReadersSection.Siege besiege(Bench bench, SlowReadersPace pace, Cores cores, String transport)
            throws IOException, InterruptedException {
        bench.progress().doing(transport + ": starting the server");
        int opsPort = freePort();
        Map<String, String> settings =
                Map.of("net.transport", transport, "ops.enabled", "true", "ops.port", Integer.toString(opsPort));
        try (LoadLoops load = LoadLoops.on(cores, 1);
                MeasuredServer host = MeasuredServer.tavern(transport, bench, cores, settings, List.of())) {
            host.awaitReady();
            try (Swarm honest = new Swarm(
                            host.dialect(), host.address(), MovesBenchmark.ROOM_SIZE, load.loops(), bench.stop());
                    SlowReaders slow = new SlowReaders(host.address(), load.loops())) {
                honest.growTo(pace.honest());
                honest.pace(MovesBenchmark.RATES);
                bench.stop().pass(pace.warmUp());
                bench.progress().doing(transport + ": before");
                FanOutWindow before = FanOutWindow.of(host, honest, pace.before(), bench.stop());
                bench.progress().doing(transport + ": " + pace.slow() + " slow readers");
                slow.come(pace.slow());
                List<FanOutWindow> slices = new ArrayList<>();
                double waitingMax = 0;
                long residentMax = 0;
                for (long i = 0; i < pace.attack().toSeconds(); i++) {
                    slices.add(FanOutWindow.of(host, honest, SLICE, bench.stop()));
                    waitingMax = Math.max(waitingMax, gauge(opsPort, WAITING));
                    residentMax = Math.max(residentMax, host.residentBytes());
                }
                long sentAway = slow.sentAway();
                slow.close();
                bench.progress().doing(transport + ": afterwards");
                long began = System.nanoTime();
                try (Swarm newcomers = new Swarm(
                        host.dialect(), host.address(), MovesBenchmark.ROOM_SIZE, load.loops(), bench.stop())) {
                    newcomers.growTo(MovesBenchmark.ROOM_SIZE);
                    double servedAfter = (System.nanoTime() - began) / 1e9;
                    FanOutWindow after = FanOutWindow.of(host, honest, pace.after(), bench.stop());
                    return new SlowReadersSection.Siege(
                            transport,
                            before,
                            FanOutWindow.sum(slices),
                            after,
                            sentAway,
                            Math.round(waitingMax),
                            Math.round(gauge(opsPort, BUDGET)),
                            residentMax,
                            servedAfter);
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static double gauge(int opsPort, String name) throws IOException, InterruptedException {
        URI metrics = URI.create("http://127.0.0.1:" + opsPort + "/metrics");
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString());
        Matcher line = Pattern.compile("(?m)^" + name + " (\\S+)$").matcher(answer.body());
        if (!line.find()) {
            throw new IOException("the server has no metric " + name);
        }
        return Double.parseDouble(line.group(1));
    }
}
