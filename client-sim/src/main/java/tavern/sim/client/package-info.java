/**
 * A small asynchronous client. One connection, confined to one thread: the event loop it was made with.
 *
 * <pre>
 *   socket ─► FrameDecoder ─► ClientHandler ─► TavernClient ─► ClientRoom, PendingRequests ─► ClientListener, futures
 *   socket ◄─ ClientFrames.encode ◄─────────── TavernClient ◄─ join, move, chat, tradeOffer …
 * </pre>
 *
 * Knows the protocol, but nothing of bots.
 */
@NullMarked
package tavern.sim.client;

import org.jspecify.annotations.NullMarked;
