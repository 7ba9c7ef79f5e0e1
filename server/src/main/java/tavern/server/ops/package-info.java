/**
 * The operators' interface: an HTTP API on a port of its own, metrics, and the commands that use them.
 *
 * <pre>
 *   HTTP ──► Gate (host, origin, key, right) ──► Routes ──► Views ──ask──► room's thread
 *                                                   └──► Actions ──ask──► its owner ──► AuditLog ──► answer
 *   SSE  ◄── Streams ◄── one overview a second, one view of each watched room, shared by all who watch
 * </pre>
 *
 * Owns the {@code ops-*} threads; none of them ever touches the state of a room or a session, and none waits for an
 * answer. May depend on all packages except the configuration, whose records are declared here; nothing depends on
 * this one.
 */
@NullMarked
package tavern.server.ops;

import org.jspecify.annotations.NullMarked;
