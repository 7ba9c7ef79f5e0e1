package tavern.bench.fanout;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tavern.bench.Bench;
import tavern.bench.load.Rates;
import tavern.bench.load.Swarm;

/** More and more players on one server, until it does not keep up. */
final class Growth {
    /** A move that is seen later than this is no move any more. */
    static final double LATENCY_MS_MAX = 150;

    private static final Duration SETTLE = Duration.ofMillis(1_500);

    private final Host host;
    private final EventLoopGroup loops;
    private final int roomSize;
    private final Rates rates;
    private final Duration window;
    private final Bench bench;

    Growth(Host host, EventLoopGroup loops, int roomSize, Rates rates, Duration window, Bench bench) {
        this.host = host;
        this.loops = loops;
        this.roomSize = roomSize;
        this.rates = rates;
        this.window = window;
        this.bench = bench;
    }

    /** @param sustained the most players with which all went well; 0: none */
    record Result(List<Window> windows, int sustained) {}

    /** @param refine how exactly the most players are looked for; 0: only among these numbers */
    Result run(List<Integer> numbers, int refine) throws IOException, InterruptedException {
        List<Window> windows = new ArrayList<>();
        int good = 0;
        int bad = 0;
        try (Swarm swarm = swarm()) {
            for (int number : numbers) {
                Window at = at(swarm, number);
                windows.add(at);
                if (!isGood(at)) {
                    bad = number;
                    break;
                }
                good = number;
            }
        }
        while (refine > 0 && bad - good > refine) {
            int middle = (good + bad) / 2 / roomSize * roomSize;
            try (Swarm swarm = swarm()) {
                Window at = at(swarm, middle);
                if (isGood(at)) {
                    good = middle;
                } else {
                    bad = middle;
                }
            }
        }
        return new Result(windows, good);
    }

    private Swarm swarm() throws IOException {
        return new Swarm(host.dialect(), host.address(), roomSize, loops, bench.stop());
    }

    private Window at(Swarm swarm, int players) throws IOException, InterruptedException {
        bench.progress().doing(host.title() + " with " + players + " players");
        // Newcomers are let in while those there stand still: who cannot get in is another matter than who is late.
        swarm.pace(Rates.IDLE);
        swarm.growTo(players);
        swarm.pace(rates);
        bench.stop().pass(SETTLE);
        return Window.of(host, swarm, window, bench.stop());
    }

    static boolean isGood(Window window) {
        return window.isWhole() && window.counts().latencyMs(99) < LATENCY_MS_MAX;
    }
}
