package tavern.server.store;

import tavern.game.Board;
import tavern.game.PlayerId;

/**
 * Points of a player on a leaderboard, in the same commit as the turn that gave them.
 *
 * @param board {@link #board}
 * @param points no further from 0 than {@link Board#POINTS_MAX}
 */
public record Score(String board, PlayerId player, long points, Board.Ranking ranking) {
    /** The name of a game's leaderboard in the store, and for clients. */
    public static String board(String game, Board board) {
        return game + "." + board.name();
    }
}
