/**
 * The operators' way in: an HTTP API on a port of its own, metrics, and the commands that speak to it.
 *
 * <pre>
 *   HTTP ──► Gate (host, origin, token, role) ──► Routes ──► Views ──ask──► room's thread
 *                                                   └──► Actions ──ask──► its owner ──► AuditLog ──► answer
 *   SSE  ◄── Streams ◄── one overview a second, one view of each watched room, shared by all who watch
 * </pre>
 *
 * Owns the {@code ops-*} threads; none of them ever touches the state of a room or a session, and none waits for an
 * answer. May know all packages but the configuration, whose records stand here; nobody knows this one.
 */
@NullMarked
package tavern.server.ops;

import org.jspecify.annotations.NullMarked;
