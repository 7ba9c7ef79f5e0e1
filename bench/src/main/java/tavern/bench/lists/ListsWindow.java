package tavern.bench.lists;

import tavern.sim.measure.Percentiles;

/**
 * What was measured in one window.
 *
 * @param pings round-trip times of the calm players' pings
 * @param pages response times of the pages
 * @param pagesPerSecond pages received per second
 * @param failed requests of all these players that were refused or not answered
 * @param cores CPU that the server used, in cores
 */
record ListsWindow(Percentiles pings, Percentiles pages, double pagesPerSecond, long failed, double cores) {}
