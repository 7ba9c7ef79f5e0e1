/**
 * Publishing of committed transactions to other systems: the outbox and the relay that empties it.
 */
@NullMarked
package tavern.server.feed;

import org.jspecify.annotations.NullMarked;
