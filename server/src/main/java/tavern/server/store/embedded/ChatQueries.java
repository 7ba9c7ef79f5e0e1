package tavern.server.store.embedded;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import tavern.game.RoomId;
import tavern.server.store.ChatHistory;
import tavern.server.store.ChatLine;

/** Reads rooms' chat. */
final class ChatQueries {
    private final PreparedStatement newestFirst;

    ChatQueries(Connection connection) throws SQLException {
        newestFirst = connection.prepareStatement(
                "SELECT last_number, lines, content FROM chat_block WHERE room = ? ORDER BY last_number DESC");
    }

    ChatHistory newest(RoomId room, int max) throws SQLException {
        newestFirst.setString(1, room.name());
        long lastNumber = 0;
        List<ChatLine> lines = new ArrayList<>();
        try (ResultSet rows = newestFirst.executeQuery()) {
            while ((lastNumber == 0 || lines.size() < max) && rows.next()) {
                lastNumber = Math.max(lastNumber, rows.getLong(1));
                lines.addAll(0, block(room, rows));
            }
        }
        return new ChatHistory(lastNumber, lines.subList(Math.max(0, lines.size() - max), lines.size()));
    }

    private static List<ChatLine> block(RoomId room, ResultSet row) throws SQLException {
        try {
            return ChatBytes.parse(row.getBytes(3), row.getInt(2));
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the chat of room " + room + " is broken in its block " + row.getLong(1) + " (" + e.getMessage()
                            + "); restore the file from a backup, or remove the block from chat_block",
                    e);
        }
    }
}
