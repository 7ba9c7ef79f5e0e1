package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import tavern.server.game.RoomId;
import tavern.server.store.ChatLine;
import tavern.server.store.PlayerPosition;

/** Writes what rooms leave behind: chat lines and positions. */
final class Rooms {
    private final Fences fences;
    private final PreparedStatement insertLine;
    private final PreparedStatement lastNumber;
    private final PreparedStatement trimLines;
    private final PreparedStatement setPosition;

    Rooms(Connection connection, Fences fences) throws SQLException {
        this.fences = fences;
        insertLine = connection.prepareStatement(
                "INSERT INTO chat (room, number, player, text, at_ms) VALUES (?, ?, ?, ?, ?)");
        lastNumber = connection.prepareStatement("SELECT ifnull(max(number), 0) FROM chat WHERE room = ?");
        trimLines = connection.prepareStatement("DELETE FROM chat WHERE room = ?1 AND sequence <= "
                + "(SELECT sequence FROM chat WHERE room = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ?2)");
        setPosition = connection.prepareStatement("INSERT INTO position (room, player, x, y) VALUES (?, ?, ?, ?)"
                + " ON CONFLICT (room, player) DO UPDATE SET x = excluded.x, y = excluded.y");
    }

    void appendChat(RoomId room, long fence, long firstNumber, List<ChatLine> lines, int keep)
            throws SQLException, Refusal {
        fences.require(room, fence);
        long last = lastNumber(room);
        for (int i = 0; i < lines.size(); i++) {
            if (firstNumber + i > last) {
                insert(room, firstNumber + i, lines.get(i));
            }
        }
        trimLines.setString(1, room.name());
        trimLines.setInt(2, keep);
        trimLines.executeUpdate();
    }

    private long lastNumber(RoomId room) throws SQLException {
        lastNumber.setString(1, room.name());
        try (ResultSet rows = lastNumber.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void insert(RoomId room, long number, ChatLine line) throws SQLException {
        insertLine.setString(1, room.name());
        insertLine.setLong(2, number);
        insertLine.setString(3, line.player());
        insertLine.setString(4, line.text());
        insertLine.setLong(5, line.atMillis());
        insertLine.executeUpdate();
    }

    void savePositions(RoomId room, long fence, List<PlayerPosition> positions) throws SQLException, Refusal {
        fences.require(room, fence);
        for (PlayerPosition stood : positions) {
            setPosition.setString(1, room.name());
            setPosition.setLong(2, stood.player().value());
            setPosition.setInt(3, stood.position().x());
            setPosition.setInt(4, stood.position().y());
            setPosition.executeUpdate();
        }
    }
}
