package tavern.bench.lists;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.Proc;
import tavern.bench.Section;
import tavern.bench.ServerChild;
import tavern.client.ClientTransport;
import tavern.client.TavernClient;
import tavern.sim.measure.Percentiles;

/** Measures how long a calm player's ping takes while many players page through a long list of rooms. */
public final class ListsBenchmark implements Benchmark {
    /** {@code limits.rates} allows five pings and two lists a second. */
    private static final int PING_MILLIS = 250;

    private static final int LIST_MILLIS = 500;
    private static final int PAGE = 50;
    private static final long SEED = 42;

    @Override
    public String kind() {
        return "lists";
    }

    @Override
    public String description() {
        return "a calm player's ping while 300 players page through a list of 10,000 rooms";
    }

    /** Opening ten thousand rooms takes too long for a quick look. */
    @Override
    public boolean isInQuickLook() {
        return false;
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        return measure(bench, bench.quick() ? ListsPace.QUICK : ListsPace.FULL);
    }

    Section measure(Bench bench, ListsPace pace) throws IOException, InterruptedException {
        bench.progress().begin(3);
        Path folder = Files.createDirectories(bench.folder().resolve("lists"));
        ServerChild server = ServerChild.start(folder, settings(folder, pace), bench.stop());
        // A thread of their own, so that the calm players do not wait for the other players' work.
        EventLoopGroup ofCalm = ClientTransport.loops(1);
        EventLoopGroup ofOthers = ClientTransport.loops(1);
        try {
            InetSocketAddress address = server.address();
            bench.progress().doing(pace.rooms() + " rooms are being opened");
            OpenRooms.open(address, ofOthers, pace.rooms(), bench.stop());
            bench.progress().step();

            AskingPlayers calm =
                    AskingPlayers.enter(address, ofCalm, "calm", pace.calm(), PING_MILLIS, TavernClient::ping);
            bench.progress().doing("nobody lists");
            ListsWindow alone = window(server, calm, null, pace, bench);
            bench.progress().step();

            bench.progress().doing(pace.listing() + " players list");
            AskingPlayers listing = AskingPlayers.enter(
                    address, ofOthers, "lister", pace.listing(), LIST_MILLIS, anyPage(pace.rooms()));
            ListsWindow listed = window(server, calm, listing, pace, bench);
            bench.progress().step();
            return new ListsSection(pace, alone, listed);
        } finally {
            ofCalm.shutdownGracefully();
            ofOthers.shutdownGracefully();
            server.kill();
        }
    }

    private static Map<String, String> settings(Path folder, ListsPace pace) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("store.path", folder.toString());
        settings.put("ops.enabled", "false");
        settings.put("limits.rooms-max", String.valueOf(2 * pace.rooms()));
        settings.put("limits.rooms-per-player-max", String.valueOf(pace.rooms()));
        settings.put("limits.connections-max", "2000");
        settings.put("limits.rates.joins", "10000");
        settings.put("limits.frames-per-second", "100000");
        settings.put("room.idle-close-seconds", "86400");
        return settings;
    }

    private static Function<TavernClient, CompletableFuture<?>> anyPage(int rooms) {
        SplittableRandom random = new SplittableRandom(SEED);
        // The generator needs no lock: all these clients run on one thread.
        return client -> client.list("", OpenRooms.name(random.nextInt(rooms)), PAGE);
    }

    private static ListsWindow window(
            ServerChild server, AskingPlayers calm, @Nullable AskingPlayers listing, ListsPace pace, Bench bench)
            throws IOException, InterruptedException {
        bench.stop().pass(pace.warmUp());
        long began = System.nanoTime();
        long micros = Proc.cpuMicros(server.pid());
        calm.take();
        calm.takeFailed();
        if (listing != null) {
            listing.take();
            listing.takeFailed();
        }
        bench.stop().pass(pace.window());
        double seconds = (System.nanoTime() - began) / 1e9;
        double cores = (Proc.cpuMicros(server.pid()) - micros) / 1e6 / seconds;
        Percentiles pings = Percentiles.of(calm.take());
        Histogram pages = listing == null ? new Histogram(3) : listing.take();
        long failed = calm.takeFailed() + (listing == null ? 0 : listing.takeFailed());
        return new ListsWindow(pings, Percentiles.of(pages), pages.getTotalCount() / seconds, failed, cores);
    }
}
