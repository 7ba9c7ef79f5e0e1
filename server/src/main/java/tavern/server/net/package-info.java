/**
 * TCP bytes to frames to messages and back: one pipeline, its limits, one writer for each connection.
 *
 * <pre>
 *   accept gate ─► [TLS] ─► idle ─► frame decoder ─► message decoder ─► ConnectionHandler ─► session stages
 *                                      message encoder ◄─ NettyConnection ◄─ sessions, rooms
 * </pre>
 *
 * Everything here runs on the event loop of its connection.
 */
@NullMarked
package tavern.server.net;

import org.jspecify.annotations.NullMarked;
