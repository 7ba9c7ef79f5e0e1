/**
 * What operators' consoles cost players: the same server and the same players, with consoles and without, in turn.
 *
 * <pre>
 *   ConsolesBenchmark ─► BotCrowd (a run of client-sim) ─► windows with and without Consoles ─► ConsolesSection
 * </pre>
 */
@NullMarked
package tavern.bench.consoles;

import org.jspecify.annotations.NullMarked;
