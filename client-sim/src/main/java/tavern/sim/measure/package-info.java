/** Latency and throughput. Each event loop records into its own histograms and hands them over once a second. */
@NullMarked
package tavern.sim.measure;

import org.jspecify.annotations.NullMarked;
