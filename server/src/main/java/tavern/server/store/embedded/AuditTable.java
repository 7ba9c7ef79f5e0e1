package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tavern.server.store.AuditEntry;

/** The audit log: what operators did, in order. */
final class AuditTable {
    private static final String COLUMNS =
            "seq, previous_hash, at_ms, operator, address, action, target, reason, result, hash";

    private final PreparedStatement after;
    private final PreparedStatement newest;
    private final PreparedStatement insert;

    AuditTable(Connection connection) throws SQLException {
        after = connection.prepareStatement("SELECT " + COLUMNS + " FROM audit WHERE seq > ? ORDER BY seq LIMIT ?");
        newest = connection.prepareStatement("SELECT " + COLUMNS + " FROM audit ORDER BY seq DESC LIMIT 1");
        insert = connection.prepareStatement(
                "INSERT INTO audit (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    }

    boolean append(AuditEntry entry) throws SQLException {
        AuditEntry last = newest().orElse(null);
        boolean follows = last == null
                ? entry.seq() == 1 && entry.previousHash().equals(AuditEntry.GENESIS)
                : entry.seq() == last.seq() + 1 && entry.previousHash().equals(last.hash());
        if (follows) {
            insert(entry);
        }
        return follows;
    }

    private void insert(AuditEntry entry) throws SQLException {
        insert.setLong(1, entry.seq());
        insert.setString(2, entry.previousHash());
        insert.setLong(3, entry.atMillis());
        insert.setString(4, entry.operator());
        insert.setString(5, entry.address());
        insert.setString(6, entry.action());
        insert.setString(7, entry.target());
        insert.setString(8, entry.reason());
        insert.setString(9, entry.result());
        insert.setString(10, entry.hash());
        insert.executeUpdate();
    }

    List<AuditEntry> after(long afterSeq, int max) throws SQLException {
        after.setLong(1, afterSeq);
        after.setInt(2, max);
        List<AuditEntry> entries = new ArrayList<>();
        try (ResultSet rows = after.executeQuery()) {
            while (rows.next()) {
                entries.add(entry(rows));
            }
        }
        return entries;
    }

    Optional<AuditEntry> newest() throws SQLException {
        try (ResultSet rows = newest.executeQuery()) {
            return rows.next() ? Optional.of(entry(rows)) : Optional.empty();
        }
    }

    private static AuditEntry entry(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getLong(1),
                row.getString(2),
                row.getLong(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getString(10));
    }
}
