package tavern.server.store;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import tavern.game.PlayerId;
import tavern.game.RoomId;

/**
 * Rooms with games: what {@link RoomTurn}s have kept. They are forgotten by {@link RoomStore#forgetRooms}.
 *
 * <p>No method blocks or throws; stages complete on the store's threads, where callbacks must be short or continue on
 * another thread. A stage fails with {@link StoreUnavailableException} when the store cannot be reached or has too many
 * operations in flight.
 */
public interface GameStore {
    /** After {@link LeaseStore#acquireLease}, includes everything that earlier owners can have written. */
    CompletionStage<Optional<KeptGame>> game(RoomId room);

    /**
     * Returns players of a leaderboard ({@link Score#board}), best first; none of a board on which nobody ever scored.
     *
     * @param after the rank before the first that is returned; 0 for the best
     */
    CompletionStage<LeaderboardPage> leaderboard(String board, int after, int max);

    /** The same around a player; without rows if the player is not on it. */
    CompletionStage<LeaderboardPage> leaderboardAround(String board, PlayerId player, int max);

    /** Returns rooms that are due by this time, those that are due for longest first. */
    CompletionStage<List<DueRoom>> dueRooms(long untilMillis, int max);
}
