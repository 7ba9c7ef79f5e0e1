package tavern.server.store.embedded;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Terms;
import tavern.server.game.TradeId;
import tavern.server.store.StoreOpenException;
import tavern.server.store.TradeTransactions;
import tavern.server.store.TransactionId;

/**
 * Takes over the ledger and the ended trades of a file from before schema 9, in steps of one transaction each: needs no
 * more memory for a large file than for a small one, and after a crash goes on from the last step.
 */
final class LedgerTakeover {
    private static final Logger log = LoggerFactory.getLogger(LedgerTakeover.class);

    /** Lines, or trades, in one step. */
    static final int STEP = 20_000;

    private static final int STEPS_BETWEEN_LOGS = 50;

    private final Connection connection;
    private final int stepMax;

    /** The outcomes that still matter: of trades this much older than the newest one, or less. */
    private final long outcomesMillis;

    LedgerTakeover(Connection connection, int stepMax, int outcomesKeptDays) {
        outcomesMillis = TimeUnit.DAYS.toMillis(outcomesKeptDays + 1L);
        this.connection = connection;
        this.stepMax = stepMax;
    }

    /** Takes over what is left, if anything. */
    void run() throws SQLException {
        long lines = isUnderWay() ? number("SELECT ifnull(max(sequence), 0) FROM ledger_line") : 0;
        for (int steps = 0; isUnderWay(); steps++) {
            if (steps % STEPS_BETWEEN_LOGS == 0 && lines > stepMax) {
                log.info(
                        "taking over the ledger of an earlier version: {} of {} lines; an interrupted start goes on"
                                + " from here",
                        number("SELECT ledger_line FROM takeover"),
                        lines);
            }
            step();
        }
        while (removeItemsOfNobody()) {
            log.debug("removed {} items that went into mints", stepMax);
        }
    }

    /** Earlier servers kept an item that went into a mint. @return whether more may be left */
    private boolean removeItemsOfNobody() throws SQLException {
        if (number("SELECT EXISTS (SELECT 1 FROM item WHERE owner = 0)") == 0) {
            return false;
        }
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("BEGIN IMMEDIATE");
            int removed = statement.executeUpdate(
                    "DELETE FROM item WHERE id IN (SELECT id FROM item WHERE owner = 0 LIMIT " + stepMax + ")");
            advanceMark();
            statement.executeUpdate("COMMIT");
            return removed == stepMax;
        }
    }

    private void advanceMark() throws SQLException {
        try (FileMarkTable mark = new FileMarkTable(connection)) {
            mark.write(mark.mark().next());
        }
    }

    boolean isUnderWay() throws SQLException {
        return number("SELECT count(*) FROM sqlite_schema WHERE name = 'takeover'") > 0;
    }

    /** Does one step; the last one drops the old tables. */
    void step() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("BEGIN IMMEDIATE");
            if (!copyLines(number("SELECT ledger_line FROM takeover"))
                    && !copyTrades(number("SELECT trade FROM takeover"))) {
                finish(statement);
            }
            advanceMark();
            statement.executeUpdate("COMMIT");
        }
    }

    private static void finish(Statement statement) throws SQLException {
        statement.executeUpdate("INSERT INTO outcome (born_ms, id, at_ms, reason, at_index, text, memo)"
                + " SELECT 0, 'grant:' || reference, at_ms, 0, 0, '', CAST(contents AS BLOB) FROM grant_reference"
                + " WHERE reference NOT GLOB 'starter:[0-9]*'"
                // Only digits after the colon make a starter kit: operators may have used starter:5th-week.
                + " OR substr(reference, length('starter:') + 1) GLOB '*[^0-9]*'");
        statement.executeUpdate(
                "DROP TABLE ledger_line; DROP TABLE trade; DROP TABLE grant_reference;" + " DROP TABLE takeover");
    }

    // ---- the ledger ----

    /** @return whether there were any lines */
    private boolean copyLines(long after) throws SQLException {
        long done = after;
        try (EntryTable entries = new EntryTable(connection);
                PreparedStatement lines = connection.prepareStatement("SELECT sequence, ifnull(trade, 0),"
                        + " ifnull(grant_number, 0), account, kind, item, delta FROM ledger_line WHERE sequence > ?"
                        + " ORDER BY sequence");
                PreparedStatement trade = connection.prepareStatement(
                        "SELECT proposer, partner, uuid, room, fence, at_ms FROM trade WHERE sequence = ?");
                PreparedStatement grant =
                        connection.prepareStatement("SELECT reference, at_ms FROM grant_reference WHERE number = ?")) {
            lines.setLong(1, after);
            try (ResultSet row = lines.executeQuery()) {
                OldEntry entry = null;
                for (int read = 0; row.next(); read++) {
                    if (entry == null || !entry.has(row.getLong(2), row.getLong(3))) {
                        if (entry != null) {
                            write(entry, trade, grant, entries);
                            done = entry.last();
                            entry = null;
                            if (read >= stepMax) {
                                break;
                            }
                        }
                        entry = new OldEntry(row.getLong(2), row.getLong(3));
                    }
                    entry.add(row.getLong(1), row.getLong(4), row.getString(5), row.getLong(6), row.getLong(7));
                }
                if (entry != null) {
                    write(entry, trade, grant, entries);
                    done = entry.last();
                }
            }
            entries.flush();
        }
        reached("ledger_line", done);
        return done > after;
    }

    private static void write(OldEntry entry, PreparedStatement trade, PreparedStatement grant, EntryTable entries)
            throws SQLException {
        if (entry.trade() != 0) {
            trade.setLong(1, entry.trade());
            try (ResultSet row = trade.executeQuery()) {
                require(row.next(), entry);
                TransactionId id =
                        TradeTransactions.id(new TradeId(new PlayerId(row.getLong(1)), uuid(row.getBytes(3))));
                entries.append(
                        id.text(),
                        row.getString(4),
                        row.getLong(5),
                        row.getLong(6),
                        entry.legsOfTrade(row.getLong(1), row.getLong(2)));
            }
            return;
        }
        grant.setLong(1, entry.grant());
        try (ResultSet row = grant.executeQuery()) {
            require(row.next(), entry);
            String reference = row.getString(1);
            boolean isStarter = reference.matches("starter:[0-9]+");
            entries.append(
                    isStarter ? reference : "grant:" + reference,
                    null,
                    0,
                    row.getLong(2),
                    entry.legsOfGrant(isStarter));
        }
    }

    private static void require(boolean isThere, OldEntry entry) {
        if (!isThere) {
            throw new StoreOpenException("the ledger's line " + entry.last() + " belongs to trade " + entry.trade()
                    + " or grant " + entry.grant() + ", which is not in the file; restore a backup");
        }
    }

    // ---- outcomes ----

    /** @return whether there were any trades */
    private boolean copyTrades(long after) throws SQLException {
        long since = number("SELECT ifnull(max(at_ms), 0) FROM trade WHERE sequence ="
                        + " (SELECT max(sequence) FROM trade)")
                - outcomesMillis;
        long done = after;
        long line = 0;
        try (BulkWrite outcomes = BulkWrite.upsert(
                        connection,
                        "ON CONFLICT (born_ms, id) DO NOTHING",
                        "outcome",
                        "born_ms",
                        "id",
                        "at_ms",
                        "reason",
                        "at_index",
                        "text",
                        "memo");
                PreparedStatement trades = connection.prepareStatement(
                        "SELECT sequence, uuid, proposer, proposer.name, partner, partner.name, room, fence, terms, outcome,"
                                + " reason, at_ms FROM trade JOIN player AS proposer ON proposer.id = trade.proposer"
                                + " JOIN player AS partner ON partner.id = trade.partner"
                                + " WHERE sequence > ? ORDER BY sequence LIMIT ?")) {
            trades.setLong(1, after);
            trades.setInt(2, stepMax);
            try (ResultSet row = trades.executeQuery()) {
                while (row.next()) {
                    done = row.getLong(1);
                    TransactionId id = id(row);
                    // An id from later than its trade, by a client whose clock was ahead, is too new to be refused as
                    // old.
                    if (row.getLong(12) >= since || id.bornMillis() >= since) {
                        copy(id, row, outcomes);
                    } else if (id.bornMillis() > 0) {
                        line = Math.max(line, id.bornMillis() + 1);
                    }
                }
            }
            outcomes.flush();
        }
        forgottenBefore(line);
        reached("trade", done);
        return done > after;
    }

    private static TransactionId id(ResultSet row) throws SQLException {
        return TradeTransactions.id(new TradeId(new PlayerId(row.getLong(3)), uuid(row.getBytes(2))));
    }

    private static void copy(TransactionId id, ResultSet row, BulkWrite outcomes) throws SQLException {
        byte[] memo = TradeTransactions.memo(
                TradeOutcome.forNumber(row.getInt(10)),
                ErrorCode.forNumber(row.getInt(11)),
                new RoomId(row.getString(7)),
                row.getLong(8),
                row.getString(4),
                new Player(new PlayerId(row.getLong(5)), row.getString(6)),
                terms(row.getBytes(9), row.getLong(1)));
        outcomes.add(id.bornMillis(), id.text(), row.getLong(12), OutcomeQueries.COMMITTED, 0, "", memo);
    }

    private static UUID uuid(byte[] bytes) {
        ByteBuffer halves = ByteBuffer.wrap(bytes);
        return new UUID(halves.getLong(), halves.getLong());
    }

    private static Terms terms(byte[] bytes, long trade) {
        try {
            TradeOffer offer = TradeOffer.parseFrom(bytes);
            return new Terms(goods(offer.getGive()), goods(offer.getWant()));
        } catch (InvalidProtocolBufferException e) {
            throw new StoreOpenException(
                    "the terms of trade " + trade + " in the file cannot be read; restore a backup", e);
        }
    }

    private static Goods goods(tavern.protocol.v1.Goods message) {
        Map<String, Long> stacks = new TreeMap<>();
        for (Stack stack : message.getStacksList()) {
            stacks.put(stack.getKind(), stack.getCount());
        }
        return new Goods(new TreeMap<>(stacks), new TreeSet<>(message.getItemIdsList()));
    }

    /** A repeat of a trade whose outcome was left behind must not be carried out as a new one. */
    private void forgottenBefore(long millis) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE forgotten SET before_ms = max(before_ms, " + millis + ")");
        }
    }

    private void reached(String table, long through) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE takeover SET " + table + " = " + through);
        }
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
