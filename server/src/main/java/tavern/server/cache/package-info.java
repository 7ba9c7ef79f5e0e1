/**
 * Players as the store last said, in memory: Caffeine in front of the store. Never blocks.
 */
@NullMarked
package tavern.server.cache;

import org.jspecify.annotations.NullMarked;
