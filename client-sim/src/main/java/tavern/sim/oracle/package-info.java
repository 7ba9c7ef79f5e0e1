/**
 * What the bots know: who sent what, who must have seen it, and what was wrong about what they saw.
 *
 * <pre>
 *   sent ──► MoveOracle, ChatOracle, TradeOracle ◄── seen
 *                          │
 *                          ▼
 *                        Tally (counts; those marked as faults must be zero)
 * </pre>
 *
 * One set for each room, all on that room's event loop, so that nothing needs a lock. Pure: no sockets, no clocks.
 */
@NullMarked
package tavern.sim.oracle;

import org.jspecify.annotations.NullMarked;
