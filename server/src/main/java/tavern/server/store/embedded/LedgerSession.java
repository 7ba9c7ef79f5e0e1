package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import tavern.server.game.Inventory;
import tavern.server.game.PlayerId;
import tavern.server.store.Holdings;
import tavern.server.store.LedgerEntry;

/** The ledger and what came of it, page by page: its transactions are short, so that the log can be checkpointed. */
final class LedgerSession extends Session {
    private final LedgerQueries ledger;
    private final PlayerQueries players;
    private final PreparedStatement playersAfter;

    LedgerSession(Connection connection) throws SQLException {
        super(connection, "BEGIN");
        ledger = new LedgerQueries(connection);
        players = new PlayerQueries(connection);
        playersAfter = connection.prepareStatement("SELECT id FROM player WHERE id > ? ORDER BY id LIMIT ?");
    }

    List<LedgerEntry> after(String position, int max) throws SQLException {
        return ledger.after(position, max);
    }

    Holdings holdings(long after, int max) throws SQLException {
        SortedMap<PlayerId, Inventory> inventories = new TreeMap<>();
        playersAfter.setLong(1, after);
        playersAfter.setInt(2, max);
        long last = after;
        try (ResultSet rows = playersAfter.executeQuery()) {
            while (rows.next()) {
                last = rows.getLong(1);
                PlayerId id = new PlayerId(last);
                players.byId(id).ifPresent(player -> inventories.put(id, player.inventory()));
            }
        }
        boolean isLast = inventories.size() < max;
        return new Holdings(ledger.lastPosition(), isLast ? Long.MAX_VALUE : last, isLast, inventories, List.of());
    }
}
