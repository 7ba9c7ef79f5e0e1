package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import tavern.game.PlayerId;
import tavern.server.store.KeptValue;
import tavern.server.store.Put;

/** Players' durable values. */
final class ValueTable {
    private final PreparedStatement select;
    private final PreparedStatement upsert;
    private final PreparedStatement remove;

    ValueTable(Connection connection) throws SQLException {
        select = connection.prepareStatement("SELECT value, version FROM kept WHERE player = ? AND key = ?");
        upsert = connection.prepareStatement("INSERT INTO kept (player, key, version, value) VALUES (?, ?, ?, ?)"
                + " ON CONFLICT (player, key) DO UPDATE SET version = excluded.version, value = excluded.value");
        remove = connection.prepareStatement("DELETE FROM kept WHERE player = ? AND key = ?");
    }

    Optional<KeptValue> find(PlayerId player, String key) throws SQLException {
        select.setLong(1, player.value());
        select.setString(2, key);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(new KeptValue(row.getBytes(1), row.getLong(2))) : Optional.empty();
        }
    }

    /** Returns the version of the value; 0 if there is none. */
    long version(PlayerId player, String key) throws SQLException {
        return find(player, key).map(KeptValue::version).orElse(0L);
    }

    void write(Put put, long version) throws SQLException {
        PreparedStatement statement = put.value().length == 0 ? remove : upsert;
        statement.setLong(1, put.holder().value());
        statement.setString(2, put.key());
        if (statement == upsert) {
            statement.setLong(3, version);
            statement.setBytes(4, put.value());
        }
        statement.executeUpdate();
    }
}
