package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import tavern.game.Board;
import tavern.game.PlayerId;
import tavern.server.store.Score;

/** Writes leaderboards, which never have more players than they may. */
final class BoardTable {
    private final PreparedStatement select;
    private final PreparedStatement insert;
    private final PreparedStatement update;
    private final PreparedStatement grow;
    private final PreparedStatement players;
    private final PreparedStatement last;
    private final PreparedStatement delete;
    private final PreparedStatement shrink;
    private final PreparedStatement boards;

    BoardTable(Connection connection) throws SQLException {
        select = connection.prepareStatement("SELECT points FROM board_score WHERE board = ? AND player = ?");
        insert = connection.prepareStatement("INSERT INTO board_score (points, board, player) VALUES (?, ?, ?)");
        update = connection.prepareStatement("UPDATE board_score SET points = ? WHERE board = ? AND player = ?");
        grow = connection.prepareStatement(
                "INSERT INTO board (name, players) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET players = players + 1");
        players = connection.prepareStatement("SELECT players FROM board WHERE name = ?");
        last = connection.prepareStatement(
                "SELECT player FROM board_score WHERE board = ? ORDER BY points, player DESC LIMIT 1");
        delete = connection.prepareStatement("DELETE FROM board_score WHERE board = ? AND player = ?");
        shrink = connection.prepareStatement("UPDATE board SET players = players - 1 WHERE name = ?");
        boards = connection.prepareStatement("SELECT name FROM board");
    }

    void add(Score score) throws SQLException {
        select.setString(1, score.board());
        select.setLong(2, score.player().value());
        boolean isThere;
        long points = score.points();
        try (ResultSet row = select.executeQuery()) {
            isThere = row.next();
            if (isThere) {
                points = score.ranking().after(row.getLong(1), score.points());
            }
        }
        PreparedStatement write = isThere ? update : insert;
        write.setLong(1, points);
        write.setString(2, score.board());
        write.setLong(3, score.player().value());
        write.executeUpdate();
        if (!isThere) {
            grow.setString(1, score.board());
            grow.executeUpdate();
            trim(score.board());
        }
    }

    private void trim(String board) throws SQLException {
        players.setString(1, board);
        try (ResultSet row = players.executeQuery()) {
            if (!row.next() || row.getLong(1) <= Board.PLAYERS_MAX) {
                return;
            }
        }
        last.setString(1, board);
        try (ResultSet row = last.executeQuery()) {
            row.next();
            remove(board, row.getLong(1));
        }
    }

    private void remove(String board, long player) throws SQLException {
        delete.setString(1, board);
        delete.setLong(2, player);
        if (delete.executeUpdate() > 0) {
            shrink.setString(1, board);
            shrink.executeUpdate();
        }
    }

    /** Takes a player off all boards. */
    void remove(PlayerId player) throws SQLException {
        List<String> all = new ArrayList<>();
        try (ResultSet rows = boards.executeQuery()) {
            while (rows.next()) {
                all.add(rows.getString(1));
            }
        }
        for (String board : all) {
            remove(board, player.value());
        }
    }
}
