/**
 * Committed trades to the outside: the outbox and who empties it.
 */
@NullMarked
package tavern.server.feed;

import org.jspecify.annotations.NullMarked;
