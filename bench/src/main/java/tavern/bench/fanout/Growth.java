package tavern.bench.fanout;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tavern.bench.Bench;
import tavern.bench.load.Rates;
import tavern.bench.load.Swarm;

/** More and more players on one server, until it does not keep up. */
final class Growth {
    /** A move that is seen later than this is no move any more. */
    static final double LATENCY_MS_MAX = 150;

    private final Host host;
    private final EventLoopGroup loops;
    private final int roomSize;
    private final Rates rates;
    private final Duration settle;
    private final Duration window;
    private final Bench bench;

    Growth(Host host, EventLoopGroup loops, int roomSize, Rates rates, Duration settle, Duration window, Bench bench) {
        this.host = host;
        this.loops = loops;
        this.roomSize = roomSize;
        this.rates = rates;
        this.settle = settle;
        this.window = window;
        this.bench = bench;
    }

    /**
     * What came of it.
     *
     * @param windows at the numbers asked for
     * @param sustained the most players with which all went well; 0: none
     * @param bad with the fewest players with which it did not; null: all went well to the end, it may be more
     */
    record Result(
            List<Window> windows, int sustained, @Nullable Window bad) {
        boolean isOpen() {
            return bad == null;
        }

        /** It ends where the load had no time left either. */
        boolean isLoadsEnd() {
            return bad != null && bad.isLoadFull();
        }
    }

    /** @param refine how exactly the most players are looked for; 0: only among these numbers */
    Result run(List<Integer> numbers, int refine) throws IOException, InterruptedException {
        List<Window> windows = new ArrayList<>();
        int good = 0;
        Window bad = null;
        try (Swarm swarm = swarm()) {
            for (int number : numbers) {
                Window at = at(swarm, number);
                windows.add(at);
                if (!isGood(at)) {
                    bad = at;
                    break;
                }
                good = number;
            }
        }
        while (refine > 0 && bad != null && bad.players() - good > refine) {
            int middle = (good + bad.players()) / 2 / roomSize * roomSize;
            try (Swarm swarm = swarm()) {
                Window at = at(swarm, middle);
                if (isGood(at)) {
                    good = middle;
                } else {
                    bad = at;
                }
            }
        }
        return new Result(windows, good, bad);
    }

    private Swarm swarm() throws IOException, InterruptedException {
        return new Swarm(host.dialect(), host.address(), roomSize, loops, bench.stop());
    }

    private Window at(Swarm swarm, int players) throws IOException, InterruptedException {
        bench.progress().doing(host.title() + " with " + players + " players");
        // Newcomers are let in while those there stand still: who cannot get in is another matter than who is late.
        swarm.pace(Rates.IDLE);
        swarm.growTo(players);
        swarm.pace(rates);
        bench.stop().pass(settle);
        return Window.of(host, swarm, window, bench.stop());
    }

    /** The median, and whether it may be more. */
    static String most(List<Result> results) {
        boolean isOpen = results.stream().anyMatch(Result::isOpen);
        double median = Stats.of(results, Result::sustained).median();
        String most = String.format(Locale.ROOT, isOpen ? "at least %,.0f" : "%,.0f", median);
        return results.stream().anyMatch(Result::isLoadsEnd) ? most + ", load full" : most;
    }

    /** How many times as many; NaN when it is not known where one of them ends, or one held not even the fewest. */
    static double ratio(List<Result> results, List<Result> of) {
        boolean isKnown = Stream.of(results, of)
                .flatMap(List::stream)
                .noneMatch(result -> result.isOpen() || result.sustained() == 0);
        return isKnown
                ? Stats.of(results, Result::sustained).median()
                        / Stats.of(of, Result::sustained).median()
                : Double.NaN;
    }

    static boolean isGood(Window window) {
        return window.isWhole() && window.counts().latencyMs(99) < LATENCY_MS_MAX;
    }
}
