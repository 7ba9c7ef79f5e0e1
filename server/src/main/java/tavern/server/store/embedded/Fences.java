package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tavern.server.game.RoomId;
import tavern.server.store.LeaseKey;
import tavern.server.store.StaleFenceException;

/** The newest owner's token of each lease; those last used are kept in memory. */
final class Fences {
    private static final int KEPT_MAX = 20_000;

    private final Map<LeaseKey, Long> newest = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<LeaseKey, Long> eldest) {
            return size() > KEPT_MAX;
        }
    };
    private final PreparedStatement select;
    private final PreparedStatement upsert;

    Fences(Connection connection) throws SQLException {
        select = connection.prepareStatement("SELECT token FROM fence WHERE lease = ?");
        upsert = connection.prepareStatement("INSERT INTO fence (lease, token) VALUES (?, ?)"
                + " ON CONFLICT (lease) DO UPDATE SET token = excluded.token");
    }

    void require(RoomId room, long fence) throws SQLException, Refusal {
        long last = newest(LeaseKey.room(room));
        if (fence != last || last == 0) {
            throw new Refusal(new StaleFenceException(room, fence, last));
        }
    }

    /** Those whose fence is not the newest. */
    Set<LeaseKey> older(Map<LeaseKey, Long> fences) throws SQLException {
        Set<LeaseKey> older = new HashSet<>();
        for (Map.Entry<LeaseKey, Long> lease : fences.entrySet()) {
            if (lease.getValue() != newest(lease.getKey())) {
                older.add(lease.getKey());
            }
        }
        return older;
    }

    long raise(LeaseKey key, long nowMillis) throws SQLException {
        long token = Math.max(nowMillis * 1000, newest(key) + 1);
        upsert.setString(1, key.name());
        upsert.setLong(2, token);
        upsert.executeUpdate();
        newest.put(key, token);
        return token;
    }

    /** 0: nobody ever owned it. */
    private long newest(LeaseKey key) throws SQLException {
        Long known = newest.get(key);
        if (known != null) {
            return known;
        }
        select.setString(1, key.name());
        try (ResultSet rows = select.executeQuery()) {
            long token = rows.next() ? rows.getLong(1) : 0;
            newest.put(key, token);
            return token;
        }
    }
}
