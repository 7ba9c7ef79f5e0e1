/**
 * What it costs to bring what players do to other players, Tavern beside the reference: moves, a crowd, chat, pings,
 * idle connections, more cores; and Tavern beside itself with other choices.
 *
 * <pre>
 *   MovesBenchmark, … ─► Host (Tavern or the reference, a process on a core of its own)
 *                    └─► Swarm (all players, in this process) ─► Window (what was measured) ─► …Section
 * </pre>
 */
@NullMarked
package tavern.bench.fanout;

import org.jspecify.annotations.NullMarked;
