package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import tavern.server.game.RoomId;
import tavern.server.store.StaleFenceException;

/** The newest owner's token of each room; those last used are kept in memory. */
final class Fences {
    private static final int KEPT_MAX = 20_000;

    private final Map<RoomId, Long> newest = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RoomId, Long> eldest) {
            return size() > KEPT_MAX;
        }
    };
    private final PreparedStatement select;
    private final PreparedStatement upsert;

    Fences(Connection connection) throws SQLException {
        select = connection.prepareStatement("SELECT token FROM fence WHERE room = ?");
        upsert = connection.prepareStatement("INSERT INTO fence (room, token) VALUES (?, ?)"
                + " ON CONFLICT (room) DO UPDATE SET token = excluded.token");
    }

    void require(RoomId room, long fence) throws SQLException, Refusal {
        long last = newest(room);
        if (fence != last || last == 0) {
            throw new Refusal(new StaleFenceException(room, fence, last));
        }
    }

    long raise(RoomId room, long nowMillis) throws SQLException {
        long token = Math.max(nowMillis * 1000, newest(room) + 1);
        upsert.setString(1, room.name());
        upsert.setLong(2, token);
        upsert.executeUpdate();
        newest.put(room, token);
        return token;
    }

    /** 0: nobody ever owned the room. */
    private long newest(RoomId room) throws SQLException {
        Long known = newest.get(room);
        if (known != null) {
            return known;
        }
        select.setString(1, room.name());
        try (ResultSet rows = select.executeQuery()) {
            long token = rows.next() ? rows.getLong(1) : 0;
            newest.put(room, token);
            return token;
        }
    }
}
