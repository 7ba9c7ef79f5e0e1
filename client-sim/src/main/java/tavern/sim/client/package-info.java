/**
 * A small asynchronous client. One connection, one owner thread: the event loop it was made with.
 *
 * <pre>
 *   socket ─► FrameDecoder ─► ConnectionHandler ─► TavernClient ─► RoomView, Requests ─► ClientListener, futures
 *   socket ◄─ Frames.encode ◄──────────────────────── TavernClient ◄─ join, move, chat, tradeOffer …
 * </pre>
 *
 * Knows the protocol and nothing of bots.
 */
@NullMarked
package tavern.sim.client;

import org.jspecify.annotations.NullMarked;
