package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tavern.game.AccountId;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.store.ForeignValueException;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerLeg;
import tavern.server.store.LegsText;

/** Reads the ledger. Must be called within a transaction. */
final class EntryQueries {
    private final PreparedStatement after;
    private final PreparedStatement name;
    private final PreparedStatement last;

    EntryQueries(Connection connection) throws SQLException {
        after = connection.prepareStatement(
                "SELECT position, id, room, fence, at_ms, legs FROM entry WHERE position > ? ORDER BY position LIMIT ?");
        name = connection.prepareStatement("SELECT name FROM player WHERE id = ?");
        last = connection.prepareStatement("SELECT ifnull(max(position), 0) FROM entry");
    }

    /** The position of the newest entry; empty if there is none. */
    String lastPosition() throws SQLException {
        try (ResultSet row = last.executeQuery()) {
            row.next();
            return row.getLong(1) == 0 ? "" : Long.toString(row.getLong(1));
        }
    }

    List<LedgerEntry> after(String position, int max) throws SQLException {
        List<LedgerEntry> entries = new ArrayList<>();
        Map<Long, String> known = new HashMap<>();
        after.setLong(1, position.isEmpty() ? 0 : Long.parseLong(position));
        after.setInt(2, max);
        try (ResultSet row = after.executeQuery()) {
            while (row.next()) {
                String room = row.getString(3);
                List<LedgerLeg> legs = legs(row);
                entries.add(new LedgerEntry(
                        row.getString(1),
                        row.getString(2),
                        room == null ? null : new RoomId(room),
                        row.getLong(4),
                        row.getLong(5),
                        legs,
                        names(legs, known)));
            }
        }
        return entries;
    }

    private static List<LedgerLeg> legs(ResultSet row) throws SQLException {
        try {
            return LegsText.parse(row.getString(6));
        } catch (IllegalArgumentException e) {
            throw new ForeignValueException("entry " + row.getString(2) + " cannot be read: " + e.getMessage());
        }
    }

    private SortedMap<Long, String> names(List<LedgerLeg> legs, Map<Long, String> known) throws SQLException {
        SortedMap<Long, String> names = new TreeMap<>();
        for (LedgerLeg leg : legs) {
            addName(leg.from(), known, names);
            addName(leg.to(), known, names);
        }
        return names;
    }

    private void addName(AccountId account, Map<Long, String> known, Map<Long, String> names) throws SQLException {
        if (account instanceof PlayerId id) {
            String found = known.get(id.value());
            if (found == null) {
                name.setLong(1, id.value());
                try (ResultSet row = name.executeQuery()) {
                    found = row.next() ? row.getString(1) : "";
                }
                known.put(id.value(), found);
            }
            names.put(id.value(), found);
        }
    }
}
