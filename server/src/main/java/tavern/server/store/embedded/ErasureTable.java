package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import tavern.game.PlayerId;
import tavern.server.store.Erasure;
import tavern.server.store.UnfinishedErasure;

/** The erasures that were begun and are not finished. */
final class ErasureTable {
    private final PreparedStatement insert;
    private final PreparedStatement delete;
    private final PreparedStatement byName;
    private final PreparedStatement all;

    ErasureTable(Connection connection) throws SQLException {
        insert = connection.prepareStatement("INSERT INTO erasure (player, name, since_ms) VALUES (?, ?, ?)");
        delete = connection.prepareStatement("DELETE FROM erasure WHERE player = ?");
        byName = connection.prepareStatement("SELECT 1 FROM erasure WHERE name = ?");
        all = connection.prepareStatement("SELECT player, name, since_ms FROM erasure ORDER BY since_ms, player");
    }

    void begin(Erasure erasure, long nowMillis) throws SQLException {
        insert.setLong(1, erasure.player().value());
        insert.setString(2, erasure.name());
        insert.setLong(3, nowMillis);
        insert.executeUpdate();
    }

    void finish(PlayerId player) throws SQLException {
        delete.setLong(1, player.value());
        delete.executeUpdate();
    }

    boolean reserves(String name) throws SQLException {
        byName.setString(1, name);
        try (ResultSet rows = byName.executeQuery()) {
            return rows.next();
        }
    }

    List<UnfinishedErasure> all() throws SQLException {
        List<UnfinishedErasure> found = new ArrayList<>();
        try (ResultSet rows = all.executeQuery()) {
            while (rows.next()) {
                Erasure erasure = Erasure.of(new PlayerId(rows.getLong(1)), rows.getString(2));
                found.add(new UnfinishedErasure(erasure, rows.getLong(3)));
            }
        }
        return found;
    }
}
