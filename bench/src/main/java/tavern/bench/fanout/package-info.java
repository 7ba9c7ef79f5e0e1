/**
 * Measures the cost of sending players' actions to other players, with Tavern beside the reference: moves, a crowd,
 * chat, pings, idle connections, more cores; and Tavern with other choices beside its defaults.
 *
 * <pre>
 *   MovesBenchmark, … ─► MeasuredServer (Tavern or the reference, a process on a core of its own)
 *                    └─► Swarm (all players, in this process) ─► FanOutWindow (what was measured) ─► …Section
 * </pre>
 */
@NullMarked
package tavern.bench.fanout;

import org.jspecify.annotations.NullMarked;
