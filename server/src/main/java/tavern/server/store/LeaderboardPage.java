package tavern.server.store;

import java.util.List;
import tavern.game.Player;

/** A part of a leaderboard, best first. @param players how many are on it in all */
public record LeaderboardPage(long players, List<Row> rows) {
    public LeaderboardPage {
        rows = List.copyOf(rows);
    }

    /** @param rank from 1 */
    public record Row(long rank, Player player, long points) {}
}
