/**
 * TCP bytes to frames to messages and back: one pipeline, its limits, one writer for each connection.
 *
 * <pre>
 *   accept gate ─► [PROXY header] ─► [TLS] ─► [WebSocket] ─► ConnectionHandler (a MessageDecoder) ─► session stages
 *                                    [TLS] ◄─ Carrier ◄─ NettyConnection ◄─ sessions, rooms
 * </pre>
 *
 * Everything here runs on the event loop of its connection.
 */
@NullMarked
package tavern.server.net;

import org.jspecify.annotations.NullMarked;
