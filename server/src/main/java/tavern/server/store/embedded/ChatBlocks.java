package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tavern.game.RoomId;
import tavern.server.store.ChatLine;

/**
 * Writes rooms' chat, with one row for the lines of each append. The end of the chat is kept in memory for recently
 * used rooms, so that an append reads nothing, and old blocks are removed several at a time.
 */
final class ChatBlocks {
    private static final int KEPT_MAX = 20_000;

    /** Lines in a block that is made from the rows of an older file. */
    private static final int FILLED_LINES = 20;

    /**
     * @param lastNumber number of the room's newest line, or 0 if there is none
     * @param lines how many lines there are
     */
    private record End(long lastNumber, int lines) {}

    private final Map<RoomId, End> ends = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RoomId, End> eldest) {
            return size() > KEPT_MAX;
        }
    };
    private final PreparedStatement insert;
    private final PreparedStatement end;
    private final PreparedStatement newestFirst;
    private final PreparedStatement remove;
    private final PreparedStatement removeAll;

    ChatBlocks(Connection connection) throws SQLException {
        removeAll = connection.prepareStatement("DELETE FROM chat_block WHERE room = ?");
        insert = connection.prepareStatement(
                "INSERT INTO chat_block (room, last_number, lines, content) VALUES (?, ?, ?, ?)");
        end = connection.prepareStatement(
                "SELECT ifnull(max(last_number), 0), ifnull(sum(lines), 0) FROM chat_block WHERE room = ?");
        newestFirst = connection.prepareStatement(
                "SELECT last_number, lines FROM chat_block WHERE room = ? ORDER BY last_number DESC");
        remove = connection.prepareStatement("DELETE FROM chat_block WHERE room = ? AND last_number <= ?");
    }

    /** Makes blocks from the rows of an older file, and drops their table. */
    static void fill(Connection connection) throws SQLException {
        ChatBlocks blocks = new ChatBlocks(connection);
        try (Statement statement = connection.createStatement()) {
            // All lines of schema 1 have the number 0: they come before all others, in their order.
            try (ResultSet rows = statement.executeQuery("SELECT room, iif(number > 0, number,"
                    + " sequence - (SELECT max(sequence) FROM chat_5)), player, text, at_ms"
                    + " FROM chat_5 ORDER BY room, number, sequence")) {
                blocks.fill(rows);
            }
            statement.executeUpdate("DROP TABLE chat_5");
        }
    }

    private void fill(ResultSet rows) throws SQLException {
        String room = "";
        long number = 0;
        List<ChatLine> block = new ArrayList<>();
        while (rows.next()) {
            String next = rows.getString(1);
            if (!block.isEmpty() && (block.size() == FILLED_LINES || !room.equals(next))) {
                insert(room, number, block);
                block.clear();
            }
            room = next;
            number = rows.getLong(2);
            block.add(new ChatLine(rows.getString(3), rows.getString(4), rows.getLong(5)));
        }
        if (!block.isEmpty()) {
            insert(room, number, block);
        }
    }

    /** Appends the lines after the room's last line. Up to 1.5 times {@code keep} lines and one block may stay. */
    void append(RoomId room, long firstNumber, List<ChatLine> lines, int keep) throws SQLException {
        End before = end(room);
        long lastNumber = firstNumber + lines.size() - 1;
        long fresh = Math.min(lastNumber - before.lastNumber, Math.min(lines.size(), keep));
        End after = before;
        if (fresh > 0) {
            List<ChatLine> block = lines.subList(lines.size() - (int) fresh, lines.size());
            insert(room.name(), lastNumber, block);
            after = new End(lastNumber, before.lines + block.size());
        }
        if (after.lines > keep + keep / 2) {
            after = new End(after.lastNumber, trim(room, keep));
        }
        ends.put(room, after);
    }

    /** Removes the room's chat; returns how many rows it had. */
    int removeAll(RoomId room) throws SQLException {
        ends.remove(room);
        removeAll.setString(1, room.name());
        return removeAll.executeUpdate();
    }

    private End end(RoomId room) throws SQLException {
        End known = ends.get(room);
        if (known != null) {
            return known;
        }
        end.setString(1, room.name());
        try (ResultSet rows = end.executeQuery()) {
            rows.next();
            return new End(rows.getLong(1), rows.getInt(2));
        }
    }

    private void insert(String room, long lastNumber, List<ChatLine> block) throws SQLException {
        insert.setString(1, room);
        insert.setLong(2, lastNumber);
        insert.setInt(3, block.size());
        insert.setBytes(4, ChatBytes.of(block));
        insert.executeUpdate();
    }

    /** Removes the blocks that contain none of the newest lines; returns how many lines are left. */
    private int trim(RoomId room, int keep) throws SQLException {
        int lines = 0;
        newestFirst.setString(1, room.name());
        try (ResultSet rows = newestFirst.executeQuery()) {
            while (rows.next()) {
                if (lines >= keep) {
                    remove(room, rows.getLong(1));
                    break;
                }
                lines += rows.getInt(2);
            }
        }
        return lines;
    }

    private void remove(RoomId room, long lastNumber) throws SQLException {
        remove.setString(1, room.name());
        remove.setLong(2, lastNumber);
        remove.executeUpdate();
    }
}
