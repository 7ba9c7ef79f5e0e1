package tavern.server.store.embedded;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import tavern.game.Player;
import tavern.server.store.ChatLine;
import tavern.server.store.Erasure;
import tavern.server.store.LeaseKey;
import tavern.server.store.PlayerTraces;

/** Searches rooms for what they keep about a player, and finds the player's durable values. */
final class TraceQueries {
    private static final String BLOCKS = "SELECT sequence, room, lines, content FROM chat_block";

    /** Rooms that one search for traces looks at. */
    private static final int ROOMS = 50;

    private final Connection connection;

    TraceQueries(Connection connection) {
        this.connection = connection;
    }

    /** @param from the last room of the part before, or empty */
    PlayerTraces of(Player player, String from) throws SQLException {
        List<String> rooms = roomsAfter(from);
        List<PlayerTraces.Place> places = new ArrayList<>();
        List<PlayerTraces.Line> lines = new ArrayList<>();
        try (PreparedStatement position =
                        connection.prepareStatement("SELECT x, y FROM position WHERE room = ? AND player = ?");
                PreparedStatement chat = connection.prepareStatement(BLOCKS + " WHERE room = ? ORDER BY last_number")) {
            for (String room : rooms) {
                position.setString(1, room);
                position.setLong(2, player.id().value());
                try (ResultSet rows = position.executeQuery()) {
                    if (rows.next()) {
                        places.add(new PlayerTraces.Place(room, rows.getInt(1), rows.getInt(2)));
                    }
                }
                chat.setString(1, room);
                addLines(player, chat, lines);
            }
        }
        String next = rooms.size() < ROOMS ? "" : rooms.get(rooms.size() - 1);
        return new PlayerTraces(places, lines, from.isEmpty() ? values(player) : List.of(), next);
    }

    /** Known rooms have a fence. Their leases' names begin with "room:", and ';' follows ':'. */
    private List<String> roomsAfter(String room) throws SQLException {
        List<String> found = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT lease FROM fence WHERE lease > ? AND lease < 'room;' ORDER BY lease LIMIT " + ROOMS)) {
            query.setString(1, LeaseKey.ROOM_PREFIX + room);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    found.add(new LeaseKey(rows.getString(1)).roomName());
                }
            }
        }
        return found;
    }

    private static void addLines(Player player, PreparedStatement chat, List<PlayerTraces.Line> found)
            throws SQLException {
        try (ResultSet rows = chat.executeQuery()) {
            while (rows.next()) {
                for (ChatLine line : lines(rows)) {
                    if (line.player().equals(player.name())) {
                        found.add(new PlayerTraces.Line(rows.getString(2), line.atMillis(), line.text()));
                    }
                }
            }
        }
    }

    private List<PlayerTraces.Value> values(Player player) throws SQLException {
        List<PlayerTraces.Value> values = new ArrayList<>();
        try (PreparedStatement query =
                connection.prepareStatement("SELECT key, value FROM kept WHERE player = ? ORDER BY key")) {
            query.setLong(1, player.id().value());
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    values.add(new PlayerTraces.Value(rows.getString(1), rows.getBytes(2)));
                }
            }
        }
        return values;
    }

    /** Returns the blocks of chat that the erasure changes. */
    List<Long> blocks(Erasure erasure) throws SQLException {
        List<Long> found = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(BLOCKS);
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                List<ChatLine> lines = lines(rows);
                if (changes(erasure, lines) > 0) {
                    found.add(rows.getLong(1));
                }
            }
        }
        return found;
    }

    /** Changes these blocks, as far as they are still there; returns the number of lines changed. */
    int erase(Erasure erasure, List<Long> blocks) throws SQLException {
        int changed = 0;
        try (PreparedStatement query = connection.prepareStatement(BLOCKS + " WHERE sequence = ?");
                PreparedStatement update =
                        connection.prepareStatement("UPDATE chat_block SET content = ? WHERE sequence = ?")) {
            for (long block : blocks) {
                query.setLong(1, block);
                List<ChatLine> lines;
                try (ResultSet row = query.executeQuery()) {
                    lines = row.next() ? lines(row) : List.of();
                }
                int here = changes(erasure, lines);
                if (here > 0) {
                    update.setBytes(
                            1, ChatBytes.of(lines.stream().map(erasure::clean).toList()));
                    update.setLong(2, block);
                    update.executeUpdate();
                    changed += here;
                }
            }
        }
        return changed;
    }

    private static int changes(Erasure erasure, List<ChatLine> lines) {
        return (int) lines.stream().filter(line -> erasure.clean(line) != line).count();
    }

    private static List<ChatLine> lines(ResultSet row) throws SQLException {
        try {
            return ChatBytes.parse(row.getBytes(4), row.getInt(3));
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the chat of room " + row.getString(2) + " is broken (" + e.getMessage()
                            + "); restore the file from a backup, or remove the block from chat_block",
                    e);
        }
    }
}
