package tavern.bench.consoles;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import tavern.bench.Jvm;
import tavern.bench.Proc;
import tavern.bench.ServerChild;
import tavern.sim.measure.Latencies;
import tavern.sim.measure.Percentiles;

/**
 * What was measured in one window.
 *
 * @param disturbed whether something else was done meanwhile
 * @param serverCpu CPU that the server used, in cores
 * @param benchCpu CPU that the players and this program used, in cores
 * @param others what else was done per second: events that consoles received, MB that were copied
 */
record PlayWindow(
        boolean disturbed,
        Percentiles move,
        Percentiles chat,
        Percentiles trade,
        double serverCpu,
        double benchCpu,
        double others) {
    /** What had been used and seen at the beginning or the end of a window. */
    record Reading(long nanos, Latencies latencies, long serverMicros, long benchMicros) {
        static Reading of(BotCrowd players, ServerChild server) {
            return new Reading(
                    System.nanoTime(), players.soFar(), Proc.cpuMicros(server.pid()), Proc.cpuMicros(Jvm.pid()));
        }

        /** @param others what else was done in the window */
        PlayWindow until(Reading end, boolean disturbed, double others) {
            double micros = (end.nanos - nanos) / 1e3;
            Latencies seen = end.latencies.since(latencies);
            return new PlayWindow(
                    disturbed,
                    Percentiles.of(seen.move()),
                    Percentiles.of(seen.chat()),
                    Percentiles.of(seen.trade()),
                    (end.serverMicros - serverMicros) / micros,
                    (end.benchMicros - benchMicros) / micros,
                    others * 1e6 / micros);
        }
    }

    /** For an even number of windows, the mean of the two in the middle. */
    static double median(List<PlayWindow> windows, ToDoubleFunction<PlayWindow> figure) {
        List<Double> sorted = windows.stream()
                .map(figure::applyAsDouble)
                .sorted(Comparator.naturalOrder())
                .toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }
}
