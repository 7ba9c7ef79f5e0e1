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

/** Adds players to one server until it does not keep up. */
final class Growth {
    /** The p99 latency that counts as not keeping up. */
    static final double LATENCY_MS_MAX = 150;

    private final MeasuredServer host;
    private final EventLoopGroup loops;
    private final int roomSize;
    private final Rates rates;
    private final Duration settle;
    private final Duration window;
    private final Bench bench;

    Growth(
            MeasuredServer host,
            EventLoopGroup loops,
            int roomSize,
            Rates rates,
            Duration settle,
            Duration window,
            Bench bench) {
        this.host = host;
        this.loops = loops;
        this.roomSize = roomSize;
        this.rates = rates;
        this.settle = settle;
        this.window = window;
        this.bench = bench;
    }

    /**
     * The result of one run.
     *
     * @param windows those at the given numbers
     * @param sustained the most players with which the server kept up; 0 if with none
     * @param bad the window with the fewest players with which it did not, or null if it kept up with all numbers, so
     *     that
     *     the true maximum may be higher
     */
    record Result(
            List<FanOutWindow> windows,
            int sustained,
            @Nullable FanOutWindow bad) {
        boolean isOpen() {
            return bad == null;
        }

        /** Whether the load used up its core where the growth ended. */
        boolean isLoadsEnd() {
            return bad != null && bad.isLoadFull();
        }
    }

    /** @param refine step to which the search for the most players is refined, or 0 to try only these numbers */
    Result run(List<Integer> numbers, int refine) throws IOException, InterruptedException {
        List<FanOutWindow> windows = new ArrayList<>();
        int good = 0;
        FanOutWindow bad = null;
        try (Swarm swarm = swarm()) {
            for (int number : numbers) {
                FanOutWindow at = at(swarm, number);
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
                FanOutWindow at = at(swarm, middle);
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

    private FanOutWindow at(Swarm swarm, int players) throws IOException, InterruptedException {
        bench.progress().doing(host.title() + " with " + players + " players");
        // Let newcomers join while the others stand still, so that a failed join is not mixed up with lateness.
        swarm.pace(Rates.IDLE);
        swarm.growTo(players);
        swarm.pace(rates);
        bench.stop().pass(settle);
        return FanOutWindow.of(host, swarm, window, bench.stop());
    }

    /** The median of the most players, and whether it may be more. */
    static String most(List<Result> results) {
        boolean isOpen = results.stream().anyMatch(Result::isOpen);
        double median = Stats.of(results, Result::sustained).median();
        String most = String.format(Locale.ROOT, isOpen ? "at least %,.0f" : "%,.0f", median);
        return results.stream().anyMatch(Result::isLoadsEnd) ? most + ", load full" : most;
    }

    /** The ratio of the medians; NaN if a run has no known end or did not even hold the fewest players. */
    static double ratio(List<Result> results, List<Result> of) {
        boolean isKnown = Stream.of(results, of)
                .flatMap(List::stream)
                .noneMatch(result -> result.isOpen() || result.sustained() == 0);
        return isKnown
                ? Stats.of(results, Result::sustained).median()
                        / Stats.of(of, Result::sustained).median()
                : Double.NaN;
    }

    static boolean isGood(FanOutWindow window) {
        return window.isWhole() && window.counts().latencyMs(99) < LATENCY_MS_MAX;
    }
}
