package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tavern.game.PlayerId;
import tavern.server.store.CheckpointPage;
import tavern.server.store.CheckpointRow;
import tavern.server.store.ForeignValueException;
import tavern.server.store.Segment;

/** Reads segments and the checkpoint. Must be called within a transaction. */
final class SegmentQueries {
    private static final String SELECT =
            "SELECT number, before, entries, first, last, newest_ms, entries_hash, changes,"
                    + " changes_hash, digest, hash FROM segment ";

    /** The rows of the segment that is being prepared do not count yet. */
    private static final String VALID_NEXT =
            "checkpoint_next WHERE (SELECT prepared FROM sealing) <= (SELECT ifnull(max(number), 0) FROM segment)";

    private final PreparedStatement newest;
    private final PreparedStatement after;
    private final PreparedStatement removed;
    private final PreparedStatement value;
    private final PreparedStatement page;
    private final PreparedStatement name;

    SegmentQueries(Connection connection) throws SQLException {
        newest = connection.prepareStatement(SELECT + "ORDER BY number DESC LIMIT 1");
        after = connection.prepareStatement(SELECT + "WHERE number > ? ORDER BY number LIMIT ?");
        removed = connection.prepareStatement("SELECT removed FROM sealing");
        value = connection.prepareStatement("SELECT value FROM " + VALID_NEXT + " AND key = ?1"
                + " UNION ALL SELECT value FROM checkpoint WHERE key = ?1 LIMIT 1");
        // Each side is in the order of the keys, and read up to the limit only.
        page = connection.prepareStatement("SELECT key, value, 0 AS old FROM " + VALID_NEXT + " AND key > ?1"
                + " UNION ALL SELECT key, value, 1 FROM checkpoint WHERE key > ?1 ORDER BY key, old LIMIT ?2");
        name = connection.prepareStatement("SELECT name FROM player WHERE id = ?");
    }

    Optional<Segment> newest() throws SQLException {
        return read(newest).stream().findFirst();
    }

    List<Segment> after(long number, int max) throws SQLException {
        after.setLong(1, number);
        after.setInt(2, max);
        return read(after);
    }

    private static List<Segment> read(PreparedStatement query) throws SQLException {
        List<Segment> segments = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                segments.add(read(row));
            }
        }
        return segments;
    }

    private static Segment read(ResultSet row) throws SQLException {
        try {
            Segment segment = new Segment(
                    row.getLong(1),
                    row.getString(2),
                    row.getLong(3),
                    row.getString(4),
                    row.getString(5),
                    row.getLong(6),
                    row.getString(7),
                    row.getLong(8),
                    row.getString(9),
                    row.getString(10));
            if (!segment.hash().equals(row.getString(11))) {
                throw new ForeignValueException("what is recorded of segment " + segment.number() + " was changed");
            }
            return segment;
        } catch (IllegalArgumentException e) {
            throw new ForeignValueException(
                    "what is recorded of segment " + row.getLong(1) + " was changed: " + e.getMessage());
        }
    }

    /** 0 if no entry was. */
    long removedThrough() throws SQLException {
        try (ResultSet row = removed.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    Map<String, String> values(Collection<String> keys) throws SQLException {
        Map<String, String> found = new HashMap<>();
        for (String key : keys) {
            value.setString(1, key);
            try (ResultSet row = value.executeQuery()) {
                if (row.next() && !row.getString(1).equals(CheckpointRow.NONE)) {
                    found.put(key, row.getString(1));
                }
            }
        }
        return found;
    }

    CheckpointPage page(String from, int max) throws SQLException {
        long segment = newest().map(Segment::number).orElse(0L);
        List<CheckpointRow> rows = new ArrayList<>();
        SortedMap<Long, String> names = new TreeMap<>();
        String last = from;
        int read = 0;
        page.setString(1, from);
        // One more, so that both rows of the last key are there.
        page.setInt(2, 2 * max + 1);
        try (ResultSet row = page.executeQuery()) {
            while (read <= 2 * max && row.next()) {
                read++;
                CheckpointRow found = new CheckpointRow(row.getString(1), row.getString(2));
                if (!found.key().equals(last)) {
                    if (rows.size() == max) {
                        return new CheckpointPage(segment, rows, names, last);
                    }
                    last = found.key();
                    add(found, rows, names);
                }
            }
        }
        return new CheckpointPage(segment, rows, names, read <= 2 * max ? "" : last);
    }

    private void add(CheckpointRow row, List<CheckpointRow> rows, SortedMap<Long, String> names) throws SQLException {
        if (row.isNone()) {
            return;
        }
        try {
            row.requireReadable();
        } catch (IllegalArgumentException e) {
            throw new ForeignValueException("the checkpoint cannot be read: " + e.getMessage());
        }
        rows.add(row);
        long account = account(row);
        if (account != 0 && !names.containsKey(account)) {
            name.setLong(1, account);
            try (ResultSet found = name.executeQuery()) {
                names.put(account, found.next() ? found.getString(1) : "");
            }
        }
    }

    /** 0 for none. */
    private static long account(CheckpointRow row) {
        if (row.isOfGrant()) {
            return 0;
        }
        return row.isOfItem() ? row.owner() : row.account() instanceof PlayerId player ? player.value() : 0;
    }
}
