/**
 * Who is at the other end of a connection, and what they may do now.
 *
 * <pre>
 *   Hello ──► Authenticator ──► Session: handshake ──► lobby ──► room
 *               AuthThrottle      RateLimiter on every message
 * </pre>
 *
 * All of it runs on event loops and never blocks. Knows rooms, not sockets.
 */
@NullMarked
package tavern.server.session;

import org.jspecify.annotations.NullMarked;
