/** A fight with monsters that walk about: hit points, loot that exactly one gets, a shop, a leaderboard. */
@NullMarked
package tavern.examples.arena;

import org.jspecify.annotations.NullMarked;
