/**
 * Loads games, each jar with a class loader of its own, and says which types of rooms there are.
 *
 * <pre>
 *   games/*.jar ──► JarClassLoader ──► GameModule ──► GameType ─┐
 *                     └─ ApiClassLoader (what games may see)    ├──► Games: RoomType by name ──► rooms
 *   games.types in the configuration ───────────────────────────┘      └──► operators: list, reload
 * </pre>
 *
 * Loading blocks, and runs code of the games: at the start, and on the thread {@code games} when operators reload. What is loaded
 * never changes; a reload replaces all of it at once.
 */
@NullMarked
package tavern.server.games;

import org.jspecify.annotations.NullMarked;
