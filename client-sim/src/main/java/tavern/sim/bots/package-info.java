/**
 * Players that load a server and check what they see.
 *
 * <pre>
 *   LoadRun: connect ─► load ─► settle ─► count ─► audit ─► RunResult
 *               │
 *               └─► BotLoop (one event loop) ─► BotRoom ─► Bot ─► Walk, BotTrader
 * </pre>
 *
 * All bots of a room share one event loop, and with it the room's oracles, so nothing here needs a lock. The clock of
 * the load never waits for the server.
 */
@NullMarked
package tavern.sim.bots;

import org.jspecify.annotations.NullMarked;
