package tavern.bench.trades;

import java.util.SortedMap;

/**
 * One measured window of one contender.
 *
 * @param cpuMicros CPU time per trade, by process
 * @param lag trades waiting for the broker at the end of the window
 * @param resultBytes size of the largest result that a trader received; 0 if none was sent
 */
record Sample(double perSecond, SortedMap<String, Double> cpuMicros, long lag, int resultBytes) {}
