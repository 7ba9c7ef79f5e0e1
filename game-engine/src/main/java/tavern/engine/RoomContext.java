package tavern.engine;

import java.util.Map;
import java.util.Set;
import tavern.game.Board;
import tavern.game.Mint;
import tavern.game.RoomId;

/**
 * What stays the same about a room.
 *
 * @param keeps keys of the values that the game reads and writes
 * @param boards the game's leaderboards
 */
record RoomContext(
        RoomId room,
        Map<String, String> settings,
        EngineLimits limits,
        Mint mint,
        Set<String> keeps,
        Set<Board> boards) {
    RoomContext {
        settings = Map.copyOf(settings);
    }
}
