package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import tavern.server.game.RoomId;
import tavern.server.store.ChatLine;
import tavern.server.store.PlayerPosition;

/** Writes what rooms leave behind: chat lines and positions. */
final class Rooms {
    private final PreparedStatement insertLine;
    private final PreparedStatement trimLines;
    private final PreparedStatement setPosition;

    Rooms(Connection connection) throws SQLException {
        insertLine = connection.prepareStatement("INSERT INTO chat (room, player, text, at_ms) VALUES (?, ?, ?, ?)");
        trimLines = connection.prepareStatement("DELETE FROM chat WHERE room = ?1 AND sequence <= "
                + "(SELECT sequence FROM chat WHERE room = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ?2)");
        setPosition = connection.prepareStatement("INSERT INTO position (room, player, x, y) VALUES (?, ?, ?, ?)"
                + " ON CONFLICT (room, player) DO UPDATE SET x = excluded.x, y = excluded.y");
    }

    void appendChat(RoomId room, List<ChatLine> lines, int keep) throws SQLException {
        for (ChatLine line : lines) {
            insertLine.setString(1, room.name());
            insertLine.setString(2, line.player());
            insertLine.setString(3, line.text());
            insertLine.setLong(4, line.atMillis());
            insertLine.executeUpdate();
        }
        trimLines.setString(1, room.name());
        trimLines.setInt(2, keep);
        trimLines.executeUpdate();
    }

    void savePositions(RoomId room, List<PlayerPosition> positions) throws SQLException {
        for (PlayerPosition stood : positions) {
            setPosition.setString(1, room.name());
            setPosition.setLong(2, stood.player().value());
            setPosition.setInt(3, stood.position().x());
            setPosition.setInt(4, stood.position().y());
            setPosition.executeUpdate();
        }
    }
}
