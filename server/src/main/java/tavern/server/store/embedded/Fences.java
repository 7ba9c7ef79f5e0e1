package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tavern.game.RoomId;
import tavern.server.store.LeaseKey;
import tavern.server.store.StaleFenceException;

/** The newest owner's token for each lease; those of recently used leases are kept in memory. */
final class Fences {
    private static final int KEPT_MAX = 20_000;

    /** A lease that is held is dated anew after this time: seldom enough to cost nothing, often enough for days. */
    static final long TOUCH_MILLIS = 3_600_000;

    /** How many are dated anew with one call, so that other operations do not wait for it. */
    private static final int TOUCHED_MAX = 200;

    /** A lease as it is stored. */
    private record Stored(long token, long usedMillis) {}

    private final Map<LeaseKey, Stored> newest = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<LeaseKey, Stored> eldest) {
            return size() > KEPT_MAX;
        }
    };
    private final PreparedStatement select;
    private final PreparedStatement upsert;
    private final PreparedStatement touch;
    private long floor;

    Fences(Connection connection) throws SQLException {
        select = connection.prepareStatement("SELECT token, used_ms FROM fence WHERE lease = ?");
        upsert = connection.prepareStatement(
                "INSERT INTO fence (lease, token, used_ms) VALUES (?, ?, ?)"
                        + " ON CONFLICT (lease) DO UPDATE SET token = excluded.token, used_ms = max(used_ms, excluded.used_ms)");
        touch = connection.prepareStatement("UPDATE fence SET used_ms = max(used_ms, ?) WHERE lease = ?");
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT token FROM fence_floor")) {
            row.next();
            floor = row.getLong(1);
        }
    }

    void require(RoomId room, long fence) throws SQLException, OperationRefusedException {
        long last = newest(LeaseKey.room(room)).token;
        if (fence != last || last == 0) {
            throw new OperationRefusedException(new StaleFenceException(room, fence, last));
        }
    }

    boolean isNewest(LeaseKey key, long fence) throws SQLException {
        return fence > 0 && fence == newest(key).token;
    }

    /** Dates those that are held, and returns the keys whose fence is not the newest. */
    Set<LeaseKey> renew(Map<LeaseKey, Long> fences, long nowMillis) throws SQLException {
        Set<LeaseKey> older = new HashSet<>();
        int touched = 0;
        for (Map.Entry<LeaseKey, Long> lease : fences.entrySet()) {
            Stored stored = newest(lease.getKey());
            if (lease.getValue() != stored.token) {
                older.add(lease.getKey());
            } else if (nowMillis - stored.usedMillis >= TOUCH_MILLIS && touched < TOUCHED_MAX) {
                touch(lease.getKey(), nowMillis);
                touched++;
            }
        }
        return older;
    }

    /** Notes that the lease is held now. */
    void touch(LeaseKey key, long nowMillis) throws SQLException {
        Stored stored = newest(key);
        touch.setLong(1, nowMillis);
        touch.setString(2, key.name());
        touch.executeUpdate();
        newest.put(key, new Stored(stored.token, Math.max(stored.usedMillis, nowMillis)));
    }

    long raise(LeaseKey key, long nowMillis) throws SQLException {
        Stored stored = newest(key);
        long token = Math.max(nowMillis * 1000, Math.max(stored.token, floor) + 1);
        upsert.setString(1, key.name());
        upsert.setLong(2, token);
        upsert.setLong(3, nowMillis);
        upsert.executeUpdate();
        newest.put(key, new Stored(token, Math.max(stored.usedMillis, nowMillis)));
        return token;
    }

    /** The row was removed: from now on all fences are above its last one. */
    void forgotten(LeaseKey key, long token) {
        floor = Math.max(floor, token);
        newest.remove(key);
    }

    /** All fences that will be granted are above this one. */
    long floor() {
        return floor;
    }

    /** Returns the newest fence, which is 0 if the lease never had an owner. */
    private Stored newest(LeaseKey key) throws SQLException {
        Stored known = newest.get(key);
        if (known != null) {
            return known;
        }
        select.setString(1, key.name());
        try (ResultSet rows = select.executeQuery()) {
            Stored stored = rows.next() ? new Stored(rows.getLong(1), rows.getLong(2)) : new Stored(0, 0);
            newest.put(key, stored);
            return stored;
        }
    }
}
