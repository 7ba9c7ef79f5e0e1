package tavern.bench.consoles;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import tavern.sim.measure.Latencies;
import tavern.sim.measure.Percentiles;

/**
 * What was measured for some seconds.
 *
 * @param serverCpu cores' worth that the server used
 * @param benchCpu that the players, and the consoles if there were any, used
 * @param events that all consoles heard in a second
 */
record Window(
        boolean withConsoles,
        Percentiles move,
        Percentiles chat,
        Percentiles trade,
        double serverCpu,
        double benchCpu,
        double events) {
    static Window of(boolean withConsoles, Latencies latencies, double serverCpu, double benchCpu, double events) {
        return new Window(
                withConsoles,
                Percentiles.of(latencies.move()),
                Percentiles.of(latencies.chat()),
                Percentiles.of(latencies.trade()),
                serverCpu,
                benchCpu,
                events);
    }

    /** Of an even number of windows the mean of the two in the middle. */
    static double median(List<Window> windows, ToDoubleFunction<Window> figure) {
        List<Double> sorted = windows.stream()
                .map(figure::applyAsDouble)
                .sorted(Comparator.naturalOrder())
                .toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }
}
