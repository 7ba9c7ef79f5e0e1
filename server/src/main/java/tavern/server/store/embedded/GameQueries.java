package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tavern.game.RoomId;
import tavern.server.store.DueRoom;
import tavern.server.store.KeptGame;
import tavern.server.store.RoomTurn;

/** Reads what is kept of rooms with games. */
final class GameQueries {
    private final PreparedStatement game;
    private final PreparedStatement due;

    GameQueries(Connection connection) throws SQLException {
        game = connection.prepareStatement("SELECT type, revision, state, due_ms FROM game_room WHERE room = ?");
        // The index has only rooms that are due at some time.
        due = connection.prepareStatement("SELECT room, type, due_ms FROM game_room INDEXED BY game_room_due"
                + " WHERE due_ms < " + RoomTurn.NEVER + " AND due_ms <= ? ORDER BY due_ms LIMIT ?");
    }

    Optional<KeptGame> find(RoomId room) throws SQLException {
        game.setString(1, room.name());
        try (ResultSet row = game.executeQuery()) {
            return row.next()
                    ? Optional.of(new KeptGame(row.getString(1), row.getLong(2), row.getBytes(3), row.getLong(4)))
                    : Optional.empty();
        }
    }

    List<DueRoom> due(long untilMillis, int max) throws SQLException {
        due.setLong(1, untilMillis);
        due.setInt(2, max);
        List<DueRoom> rooms = new ArrayList<>();
        try (ResultSet rows = due.executeQuery()) {
            while (rows.next()) {
                rooms.add(new DueRoom(new RoomId(rows.getString(1)), rows.getString(2), rows.getLong(3)));
            }
        }
        return rooms;
    }
}
