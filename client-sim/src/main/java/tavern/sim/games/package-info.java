/**
 * Bots that a game team wrote for its own game ({@link tavern.client.bots.BotPlayer}), by the hundred.
 *
 * <pre>
 *   BotJar ─► BotPlayers
 *                │
 *   GameBotRun: connect ─► load ─► settle ─► finish ─► GameBotReport
 *                │
 *                └─► GameBotLoop (one event loop) ─► GameBot ◄─► BotPlayer
 * </pre>
 *
 * All bots of a room share one event loop, as in {@code tavern.sim.bots}.
 */
@NullMarked
package tavern.sim.games;

import org.jspecify.annotations.NullMarked;
