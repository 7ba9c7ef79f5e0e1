/**
 * A small asynchronous client for players of a Tavern server. One connection, confined to one thread: the event loop it was
 * made with.
 *
 * <pre>
 *   socket ─► FrameDecoder ─► ClientHandler ─► TavernClient ─► ClientRoom ─► ClientListener, futures
 *   socket ◄─ Upstream ◄────────────────────── TavernClient ◄─ join, say, move, chat, tradeOffer …
 * </pre>
 *
 * Knows the protocol, but nothing of the server or of bots. {@code docs/CLIENT.md} is the guide.
 */
@NullMarked
package tavern.client;

import org.jspecify.annotations.NullMarked;
