/**
 * Runs a game without a server: no threads, no sleeping, the time by hand, and a store that is silent, refuses or crashes
 * when the test says so. {@link tavern.testkit.GameTest} is the way in.
 *
 * <pre>
 *   GameTest, Storm ──► RoomSim ──► KitHost ──► GameRoom (tavern.engine) ──► the game
 *                          │
 *                          └──────► KitStore
 * </pre>
 */
@NullMarked
package tavern.testkit;

import org.jspecify.annotations.NullMarked;
