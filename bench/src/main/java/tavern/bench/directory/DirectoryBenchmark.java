package tavern.bench.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import tavern.bench.Bench;
import tavern.bench.BenchServices;
import tavern.bench.Benchmark;
import tavern.bench.Proc;
import tavern.bench.Section;
import tavern.bench.ServerChild;
import tavern.server.room.RealmRooms;
import tavern.server.room.RoomPage;
import tavern.server.room.RoomQuery;
import tavern.server.room.Wire;
import tavern.sim.measure.Percentiles;

/** Measures what servers of a realm pay for knowing each other's rooms. */
public final class DirectoryBenchmark implements Benchmark {
    private static final int PAGE = 50;
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final long SEED = 42;
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);
    private static final int FILL_SECONDS_MAX = 120;

    /** An operator's page looks at all rooms, so fewer are enough. */
    private static final int OPERATOR_SHARE = 10;

    private static final RoomPage NO_OWN = new RoomPage(List.of(), "");

    @Override
    public String kind() {
        return "directory";
    }

    @Override
    public String description() {
        return "what the list of 10,000 rooms of a realm costs its servers";
    }

    /** Opening ten thousand rooms takes too long for a quick look. */
    @Override
    public boolean isInQuickLook() {
        return false;
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        return measure(bench, bench.quick() ? DirectoryPace.QUICK : DirectoryPace.FULL);
    }

    Section measure(Bench bench, DirectoryPace pace) throws IOException, InterruptedException {
        bench.progress().begin(3);
        bench.progress().doing("starting Redis");
        try (BenchServices services =
                BenchServices.begin(bench.root(), bench.folder().resolve("directory-services"))) {
            services.awaitReady();
            return measure(bench, pace, services);
        }
    }

    private static Section measure(Bench bench, DirectoryPace pace, BenchServices services)
            throws IOException, InterruptedException {
        ServerChild observer = null;
        ServerChild owner = null;
        try (DirectoryNode asking = DirectoryNode.start(services.redisUri(), "asking", new MadeRooms(0, 0), 0)) {
            // One after the other, so that none waits long for a core.
            observer = node(bench, services, "observer", 0, 0, 0);
            observer.awaitReady(bench.stop());
            owner = node(bench, services, "owner", pace.rooms(), pace.players(), pace.joinsPerSecond());
            owner.awaitReady(bench.stop());
            bench.progress().doing("the realm hears of " + pace.rooms() + " rooms");
            double fillSeconds = awaitAll(asking.rooms(), pace, bench);
            bench.progress().step();
            bench.progress().doing("players change rooms");
            bench.stop().pass(pace.warmUp());
            long[] before = cpu(owner, observer, services);
            long began = System.nanoTime();
            bench.stop().pass(pace.window());
            double micros = (System.nanoTime() - began) / 1e3;
            long[] after = cpu(owner, observer, services);
            bench.progress().step();
            bench.progress().doing("pages are read");
            SplittableRandom random = new SplittableRandom(SEED);
            Histogram pages = settled(pace.pages(), () -> page(asking.rooms(), random.nextInt(pace.rooms())));
            Histogram operators = settled(pace.pages() / OPERATOR_SHARE, () -> operatorsPage(asking.rooms()));
            bench.progress().step();
            return new DirectorySection(
                    pace,
                    (after[0] - before[0]) / micros,
                    (after[1] - before[1]) / micros,
                    (after[2] - before[2]) / micros,
                    Percentiles.of(pages),
                    Percentiles.of(operators),
                    fillSeconds);
        } finally {
            if (observer != null) {
                observer.kill();
            }
            if (owner != null) {
                owner.kill();
            }
        }
    }

    private static ServerChild node(Bench bench, BenchServices services, String id, int rooms, int players, int joins)
            throws IOException {
        Path folder = Files.createDirectories(bench.folder().resolve("directory-" + id));
        Map<String, String> properties = new TreeMap<>();
        properties.put("bench.redis", services.redisUri());
        properties.put("bench.node", id);
        properties.put("bench.rooms", Integer.toString(rooms));
        properties.put("bench.players", Integer.toString(players));
        properties.put("bench.joins", Integer.toString(joins));
        return ServerChild.launch(folder, DirectoryNode.class.getName(), properties, List.of());
    }

    private static double awaitAll(RealmRooms rooms, DirectoryPace pace, Bench bench)
            throws IOException, InterruptedException {
        long began = System.nanoTime();
        while (rooms.find(room -> true, RealmRooms.Order.NAME, null, 1).total() < pace.rooms()) {
            bench.stop().pass(POLL_INTERVAL);
            if (System.nanoTime() - began > Duration.ofSeconds(FILL_SECONDS_MAX).toNanos()) {
                throw new IOException("not all rooms were heard of within " + FILL_SECONDS_MAX + " s");
            }
        }
        return (System.nanoTime() - began) / 1e9;
    }

    private static long[] cpu(ServerChild owner, ServerChild observer, BenchServices services) throws IOException {
        return new long[] {
            Proc.cpuMicros(owner.pid()), Proc.cpuMicros(observer.pid()), Proc.cpuMicros(services.redisPid())
        };
    }

    /** What each takes, once the compiler has done its part. */
    private static Histogram settled(int count, Runnable each) {
        times(count, each);
        return times(count, each);
    }

    private static Histogram times(int count, Runnable each) {
        Histogram micros = new Histogram(SIGNIFICANT_DIGITS);
        for (int i = 0; i < count; i++) {
            long began = System.nanoTime();
            each.run();
            micros.recordValue((System.nanoTime() - began) / 1_000);
        }
        return micros;
    }

    private static void page(RealmRooms rooms, int after) {
        RoomQuery query = new RoomQuery("room-", MadeRooms.name(after), PAGE, Map.of());
        if (Wire.rooms(1, rooms.page(NO_OWN, query)).toByteArray().length == 0) {
            throw new IllegalStateException("a page is never empty");
        }
    }

    private static void operatorsPage(RealmRooms rooms) {
        RealmRooms.Found found =
                rooms.find(room -> room.room().name().startsWith("room-"), RealmRooms.Order.PLAYERS, null, PAGE);
        if (found.rooms().isEmpty()) {
            throw new IllegalStateException("there are rooms");
        }
    }
}
