package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.server.store.LeaderboardPage;

/** Reads leaderboards. Ranks are counted, which the bound of a board keeps cheap. */
final class BoardQueries {
    private final PreparedStatement players;
    private final PreparedStatement page;
    private final PreparedStatement ahead;

    BoardQueries(Connection connection) throws SQLException {
        players = connection.prepareStatement("SELECT players FROM board WHERE name = ?");
        page = connection.prepareStatement("SELECT s.player, p.name, s.points FROM board_score s INDEXED BY board_rank"
                + " JOIN player p ON p.id = s.player WHERE s.board = ?"
                + " ORDER BY s.points DESC, s.player LIMIT ? OFFSET ?");
        ahead = connection.prepareStatement("SELECT count(o.player) FROM board_score s LEFT JOIN board_score o"
                + " ON o.board = s.board AND (o.points > s.points OR (o.points = s.points AND o.player < s.player))"
                + " WHERE s.board = ? AND s.player = ? GROUP BY s.player");
    }

    LeaderboardPage page(String board, int after, int max) throws SQLException {
        List<LeaderboardPage.Row> rows = new ArrayList<>();
        page.setString(1, board);
        page.setInt(2, max);
        page.setInt(3, after);
        try (ResultSet found = page.executeQuery()) {
            while (found.next()) {
                Player player = new Player(new PlayerId(found.getLong(1)), found.getString(2));
                rows.add(new LeaderboardPage.Row(after + rows.size() + 1L, player, found.getLong(3)));
            }
        }
        return new LeaderboardPage(players(board), rows);
    }

    LeaderboardPage around(String board, PlayerId player, int max) throws SQLException {
        ahead.setString(1, board);
        ahead.setLong(2, player.value());
        int before;
        try (ResultSet row = ahead.executeQuery()) {
            if (!row.next()) {
                return new LeaderboardPage(players(board), List.of());
            }
            before = row.getInt(1);
        }
        return page(board, Math.max(0, before - max / 2), max);
    }

    private long players(String board) throws SQLException {
        players.setString(1, board);
        try (ResultSet row = players.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
