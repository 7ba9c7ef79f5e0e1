package tavern.bench.trades;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tavern.bench.Bench;
import tavern.bench.Proc;

/** Measures all contenders in turn, several times, so that a passing disturbance affects them all. */
final class Rounds {
    private static final Duration NOTHING_MAX = Duration.ofSeconds(30);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    private final Bench bench;
    private final Pace pace;
    private final Map<String, Long> processes;

    /** @param processes process ids that every load may use, by their name in the table */
    Rounds(Bench bench, Pace pace, Map<String, Long> processes) {
        this.bench = bench;
        this.pace = pace;
        this.processes = processes;
    }

    List<Figure> run(List<Contender> contenders) throws IOException, InterruptedException {
        Map<Contender, List<Sample>> samples = new HashMap<>();
        bench.progress().begin(pace.rounds() * contenders.size());
        for (int round = 0; round < pace.rounds(); round++) {
            for (Contender contender : contenders) {
                bench.progress().doing(contender.title());
                samples.computeIfAbsent(contender, any -> new ArrayList<>()).add(measure(contender, round == 0));
                bench.progress().step();
            }
        }
        return contenders.stream()
                .map(each -> new Figure(each.key(), each.title(), samples.getOrDefault(each, List.of())))
                .toList();
    }

    private Sample measure(Contender contender, boolean isFirst) throws IOException, InterruptedException {
        try (TradeLoad load = contender.start()) {
            awaitMore(load, 0);
            bench.stop().pass(pace.warmUp().multipliedBy(contender.warmUps(isFirst)));
            Reading before = read(load);
            bench.stop().pass(pace.window());
            // With a disk that is slow to flush, nothing may be done in a short window; extend it until something is.
            awaitMore(load, before.done());
            return sample(before, read(load), load);
        } catch (IOException e) {
            throw new IOException(contender.title() + ": " + e.getMessage(), e);
        }
    }

    /** Waits for progress; also called before the warm-up, so that a slow start is not part of the measurement. */
    private void awaitMore(TradeLoad load, long than) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + NOTHING_MAX.toNanos();
        while (load.done() <= than) {
            if (System.nanoTime() > deadline) {
                throw new IOException("nothing was done for " + NOTHING_MAX.toSeconds() + " s");
            }
            bench.stop().pass(POLL_INTERVAL);
        }
    }

    private record Reading(long nanos, long done, Map<String, Long> cpuMicros) {}

    private Reading read(TradeLoad load) {
        Map<String, Long> cpuMicros = new HashMap<>();
        processes.forEach((name, pid) -> cpuMicros.put(name, Proc.cpuMicros(pid)));
        load.processes().forEach((name, pid) -> cpuMicros.put(name, Proc.cpuMicros(pid)));
        return new Reading(System.nanoTime(), load.done(), cpuMicros);
    }

    private static Sample sample(Reading before, Reading after, TradeLoad load) throws IOException {
        long trades = after.done() - before.done();
        if (trades <= 0) {
            throw new IOException("nothing was done in the whole window");
        }
        TreeMap<String, Double> cpuMicros = new TreeMap<>();
        after.cpuMicros().forEach((process, micros) -> {
            double each = (micros - before.cpuMicros().getOrDefault(process, micros)) / (double) trades;
            cpuMicros.put(process, each);
        });
        return new Sample(trades * 1e9 / (after.nanos() - before.nanos()), cpuMicros, load.lag(), load.resultBytes());
    }
}
