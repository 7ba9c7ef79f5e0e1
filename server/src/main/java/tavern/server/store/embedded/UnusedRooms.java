package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import tavern.game.RoomId;
import tavern.server.store.LeaseKey;

/** Removes what is kept of rooms that nobody uses, a bounded number of rows at a time. */
final class UnusedRooms {
    private final Fences fences;
    private final GameTable games;
    private final ChatBlocks chat;
    private final PreparedStatement unused;
    private final PreparedStatement removePositions;
    private final PreparedStatement removeFence;
    private final PreparedStatement raiseFloor;

    UnusedRooms(Connection connection, Fences fences, GameTable games, ChatBlocks chat) throws SQLException {
        this.fences = fences;
        this.games = games;
        this.chat = chat;
        // The names of rooms' leases begin with "room:", and ';' follows ':'.
        unused = connection.prepareStatement("SELECT lease, token FROM fence WHERE used_ms <= ?"
                + " AND lease > 'room:' AND lease < 'room;' ORDER BY used_ms LIMIT ?");
        removePositions = connection.prepareStatement("DELETE FROM position WHERE room = ?1 AND player IN"
                + " (SELECT player FROM position WHERE room = ?1 LIMIT ?2)");
        removeFence = connection.prepareStatement("DELETE FROM fence WHERE lease = ?");
        raiseFloor = connection.prepareStatement("UPDATE fence_floor SET token = max(token, ?)");
    }

    private record Room(LeaseKey key, long token) {
        RoomId id() {
            return new RoomId(key.roomName());
        }
    }

    /**
     * Removes rooms that were last used at this time or before. Those that are in use, or whose game has
     * still something to do, count as used now.
     *
     * @param max how many rows to remove, approximately
     * @return whether there may be more to remove
     */
    boolean forget(long untilMillis, long nowMillis, int max, Predicate<LeaseKey> inUse) throws SQLException {
        int left = max;
        List<Room> rooms = unused(untilMillis, max);
        for (Room room : rooms) {
            if (left <= 0) {
                return true;
            }
            left--;
            if (inUse.test(room.key()) || games.isDue(room.id())) {
                fences.touch(room.key(), nowMillis);
                continue;
            }
            removePositions.setString(1, room.id().name());
            removePositions.setInt(2, left + 1);
            left -= removePositions.executeUpdate();
            if (left < 0) {
                return true; // some of its positions may be left
            }
            left -= chat.removeAll(room.id());
            left -= games.remove(room.id());
            removeFence.setString(1, room.key().name());
            removeFence.executeUpdate();
            raiseFloor.setLong(1, room.token());
            raiseFloor.executeUpdate();
            fences.forgotten(room.key(), room.token());
        }
        return rooms.size() == max;
    }

    private List<Room> unused(long untilMillis, int max) throws SQLException {
        unused.setLong(1, untilMillis);
        unused.setInt(2, max);
        List<Room> rooms = new ArrayList<>();
        try (ResultSet rows = unused.executeQuery()) {
            while (rows.next()) {
                rooms.add(new Room(new LeaseKey(rows.getString(1)), rows.getLong(2)));
            }
        }
        return rooms;
    }
}
