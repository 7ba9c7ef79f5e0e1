package tavern.bench.trades;

import java.util.SortedMap;

/**
 * One measured window of one contender.
 *
 * @param cpuMicros for each trade, by process
 * @param lag at the end of the window
 */
record Sample(double perSecond, SortedMap<String, Double> cpuMicros, long lag) {}
