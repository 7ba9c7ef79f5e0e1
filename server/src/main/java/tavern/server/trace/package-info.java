/**
 * Traces of some requests, for OpenTelemetry: how long each waited for its room, was carried out, committed and published.
 * Off unless configured; moves are never traced.
 *
 * <pre>
 *   AcceptTrade            from its frame until the room has carried it out; behind a join, from when its turn comes (P-17)
 *    └─ room               on the room's thread
 *        └─ commit         until the store has answered
 *            └─ publish    until the broker has confirmed
 * </pre>
 */
@NullMarked
package tavern.server.trace;

import org.jspecify.annotations.NullMarked;
