/**
 * What operators' consoles cost players: the same server and the same players, with consoles and without, in turn.
 *
 * <pre>
 *   ConsolesBenchmark ─► Players (a run of client-sim) ─► Windows, every other one with Consoles ─► ConsolesSection
 * </pre>
 */
@NullMarked
package tavern.bench.consoles;

import org.jspecify.annotations.NullMarked;
