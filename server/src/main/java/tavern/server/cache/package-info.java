/**
 * In-memory cache of the players as the store last returned them: Caffeine in front of the store. Never blocks.
 */
@NullMarked
package tavern.server.cache;

import org.jspecify.annotations.NullMarked;
