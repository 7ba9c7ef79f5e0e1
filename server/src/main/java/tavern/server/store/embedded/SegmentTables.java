package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import tavern.server.store.CheckpointRow;
import tavern.server.store.LeaseKey;
import tavern.server.store.Removal;
import tavern.server.store.Segment;
import tavern.server.store.SegmentStore;

/** Seals segments of the ledger, and removes entries that are sealed. */
final class SegmentTables {
    private final Fences fences;
    private final SegmentQueries queries;
    private final PreparedStatement readPrepared;
    private final PreparedStatement writePrepared;
    private final PreparedStatement countNext;
    private final PreparedStatement putNext;
    private final PreparedStatement insert;
    private final PreparedStatement takeNext;
    private final PreparedStatement put;
    private final PreparedStatement remove;
    private final PreparedStatement lastOld;
    private final PreparedStatement removeEntries;
    private final PreparedStatement writeRemoved;
    private final PreparedStatement forget;

    private record Prepared(long number, long fence) {}

    SegmentTables(Connection connection, Fences fences) throws SQLException {
        this.fences = fences;
        queries = new SegmentQueries(connection);
        readPrepared = connection.prepareStatement("SELECT prepared, fence FROM sealing");
        writePrepared = connection.prepareStatement("UPDATE sealing SET prepared = ?, fence = ?");
        countNext = connection.prepareStatement("SELECT count(*) FROM checkpoint_next");
        putNext = connection.prepareStatement("INSERT INTO checkpoint_next (key, value) VALUES (?, ?)"
                + " ON CONFLICT (key) DO UPDATE SET value = excluded.value");
        insert = connection.prepareStatement("INSERT INTO segment (number, before, entries, first, last, newest_ms,"
                + " entries_hash, changes, changes_hash, digest, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        takeNext = connection.prepareStatement("DELETE FROM checkpoint_next WHERE key IN"
                + " (SELECT key FROM checkpoint_next ORDER BY key LIMIT ?) RETURNING key, value");
        put = connection.prepareStatement("INSERT INTO checkpoint (key, value) VALUES (?, ?)"
                + " ON CONFLICT (key) DO UPDATE SET value = excluded.value");
        remove = connection.prepareStatement("DELETE FROM checkpoint WHERE key = ?");
        lastOld = connection.prepareStatement("SELECT last FROM segment WHERE number <= ?1 AND number <"
                + " ifnull((SELECT min(number) FROM segment WHERE newest_ms >= ?2 AND last > ?3), ?1 + 1)"
                + " ORDER BY number DESC LIMIT 1");
        removeEntries = connection.prepareStatement("DELETE FROM entry WHERE position IN (SELECT position FROM entry"
                + " WHERE position <= ?1 AND position < (SELECT max(position) FROM entry) ORDER BY position LIMIT ?2)"
                + " RETURNING position");
        writeRemoved = connection.prepareStatement("UPDATE sealing SET removed = max(removed, ?)");
        forget = connection.prepareStatement("DELETE FROM segment WHERE number IN (SELECT number FROM segment"
                + " WHERE number <= ? AND last <= (SELECT removed FROM sealing) ORDER BY number LIMIT ?)");
    }

    private boolean isOwner(long fence) throws SQLException {
        return fences.isNewest(LeaseKey.ARCHIVE, fence);
    }

    private long newest() throws SQLException {
        return queries.newest().map(Segment::number).orElse(0L);
    }

    private Prepared prepared() throws SQLException {
        try (ResultSet row = readPrepared.executeQuery()) {
            row.next();
            return new Prepared(row.getLong(1), row.getLong(2));
        }
    }

    private void prepared(long number, long fence) throws SQLException {
        writePrepared.setLong(1, number);
        writePrepared.setLong(2, fence);
        writePrepared.executeUpdate();
    }

    boolean prepare(long fence, long number, List<CheckpointRow> rows) throws SQLException {
        Prepared before = prepared();
        boolean goesOn = before.equals(new Prepared(number, fence));
        if (!isOwner(fence) || number != newest() + 1 || !(goesOn || before.number == 0)) {
            return false;
        }
        if (!goesOn) {
            prepared(number, fence);
        }
        for (CheckpointRow row : rows) {
            putNext.setString(1, row.key());
            putNext.setString(2, row.value());
            putNext.executeUpdate();
        }
        return true;
    }

    boolean seal(long fence, Segment segment) throws SQLException {
        Optional<Segment> newest = queries.newest();
        if (newest.isPresent() && newest.get().equals(segment)) {
            return true;
        }
        boolean follows = newest.map(segment::follows)
                .orElse(segment.number() == 1 && segment.before().equals(Segment.GENESIS));
        if (!isOwner(fence) || !follows || !isPrepared(fence, segment)) {
            return false;
        }
        insert.setLong(1, segment.number());
        insert.setString(2, segment.before());
        insert.setLong(3, segment.entries());
        insert.setLong(4, Long.parseLong(segment.first()));
        insert.setLong(5, Long.parseLong(segment.last()));
        insert.setLong(6, segment.newestMillis());
        insert.setString(7, segment.entriesHash());
        insert.setLong(8, segment.changes());
        insert.setString(9, segment.changesHash());
        insert.setString(10, segment.digest());
        insert.setString(11, segment.hash());
        insert.executeUpdate();
        return true;
    }

    private boolean isPrepared(long fence, Segment segment) throws SQLException {
        if (segment.changes() == 0) {
            return prepared().number == 0;
        }
        return prepared().equals(new Prepared(segment.number(), fence)) && countNext() == segment.changes();
    }

    private long countNext() throws SQLException {
        try (ResultSet row = countNext.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** @return whether more is left */
    boolean tidy(long fence, int max) throws SQLException {
        long number = prepared().number;
        if (!isOwner(fence) || number == 0) {
            return false;
        }
        boolean isSealed = number <= newest();
        int taken = 0;
        takeNext.setInt(1, max);
        try (ResultSet row = takeNext.executeQuery()) {
            for (; row.next(); taken++) {
                if (isSealed) {
                    keep(new CheckpointRow(row.getString(1), row.getString(2)));
                }
            }
        }
        if (taken == max) {
            return true;
        }
        prepared(0, 0);
        return false;
    }

    private void keep(CheckpointRow row) throws SQLException {
        PreparedStatement change = row.isNone() ? remove : put;
        change.setString(1, row.key());
        if (!row.isNone()) {
            change.setString(2, row.value());
        }
        change.executeUpdate();
    }

    /** @param beforeMillis segments whose newest entry is from before this time may go */
    Removal removeEntries(long fence, long through, long beforeMillis, int max) throws SQLException {
        if (!isOwner(fence)) {
            return new Removal(0, false);
        }
        long last = lastOld(through, beforeMillis);
        long position = 0;
        int removed = 0;
        removeEntries.setLong(1, last);
        removeEntries.setInt(2, max);
        try (ResultSet row = removeEntries.executeQuery()) {
            for (; row.next(); removed++) {
                position = Math.max(position, row.getLong(1));
            }
        }
        if (removed > 0) {
            writeRemoved.setLong(1, position);
            writeRemoved.executeUpdate();
        }
        forget.setLong(1, newest() - SegmentStore.REMOVED_KEPT);
        forget.setInt(2, max);
        forget.executeUpdate();
        return new Removal(removed, removed == max);
    }

    private long lastOld(long through, long beforeMillis) throws SQLException {
        lastOld.setLong(1, through);
        lastOld.setLong(2, beforeMillis);
        lastOld.setLong(3, queries.removedThrough());
        try (ResultSet row = lastOld.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
