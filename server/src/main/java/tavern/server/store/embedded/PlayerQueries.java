package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.server.game.Inventory;
import tavern.server.store.PlayerRecord;

/** Loads complete players, each with three statements. Must be called within a transaction. */
final class PlayerQueries {
    private static final String SELECT =
            "SELECT id, name, version, banned_until_ms, muted_until_ms, ban_message FROM player"
                    + " JOIN account USING (id) WHERE ";

    private final PreparedStatement byId;
    private final PreparedStatement byName;
    private final PreparedStatement stacks;
    private final PreparedStatement items;

    PlayerQueries(Connection connection) throws SQLException {
        byId = connection.prepareStatement(SELECT + "id = ?");
        byName = connection.prepareStatement(SELECT + "name = ?");
        stacks = connection.prepareStatement("SELECT kind, count FROM balance WHERE player = ?");
        items = connection.prepareStatement("SELECT id, kind FROM item WHERE owner = ?");
    }

    Optional<PlayerRecord> byId(PlayerId id) throws SQLException {
        byId.setLong(1, id.value());
        return load(byId);
    }

    Optional<PlayerRecord> byName(String name) throws SQLException {
        byName.setString(1, name);
        return load(byName);
    }

    private Optional<PlayerRecord> load(PreparedStatement query) throws SQLException {
        try (ResultSet rows = query.executeQuery()) {
            if (!rows.next()) {
                return Optional.empty();
            }
            PlayerId id = new PlayerId(rows.getLong(1));
            return Optional.of(new PlayerRecord(
                    new Player(id, rows.getString(2)),
                    new Inventory(stacks(id), items(id), rows.getLong(3)),
                    rows.getLong(4),
                    rows.getLong(5),
                    rows.getString(6)));
        }
    }

    private SortedMap<String, Long> stacks(PlayerId id) throws SQLException {
        stacks.setLong(1, id.value());
        SortedMap<String, Long> counts = new TreeMap<>();
        try (ResultSet rows = stacks.executeQuery()) {
            while (rows.next()) {
                counts.put(rows.getString(1), rows.getLong(2));
            }
        }
        return counts;
    }

    private SortedMap<Long, String> items(PlayerId id) throws SQLException {
        items.setLong(1, id.value());
        SortedMap<Long, String> kinds = new TreeMap<>();
        try (ResultSet rows = items.executeQuery()) {
            while (rows.next()) {
                kinds.put(rows.getLong(1), rows.getString(2));
            }
        }
        return kinds;
    }
}
