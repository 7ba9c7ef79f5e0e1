/**
 * What players who page through the list of rooms cost the others: on a server with many open rooms, a calm player's
 * ping while nobody lists rooms and while many do.
 *
 * <pre>
 *   ListsBenchmark ─► OpenRooms, then AskingPlayers: calm ones alone, then with others who list ─► ListsSection
 * </pre>
 */
@NullMarked
package tavern.bench.lists;

import org.jspecify.annotations.NullMarked;
