package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import tavern.server.game.Goods;
import tavern.server.game.Player;
import tavern.server.game.PlayerId;
import tavern.server.game.RoomId;
import tavern.server.game.TradeId;
import tavern.server.store.LedgerEntry;

/**
 * The ledger by its entries: lines that stand together and name the same trade or grant. An entry's position is the
 * number of its last line. To be called within a transaction.
 */
final class LedgerQueries {
    private final PreparedStatement lines;
    private final PreparedStatement trade;
    private final PreparedStatement grant;
    private final PreparedStatement last;

    LedgerQueries(Connection connection) throws SQLException {
        lines = connection.prepareStatement("SELECT sequence, ifnull(trade, 0), ifnull(grant_number, 0), account, kind,"
                + " item, delta FROM ledger_line WHERE sequence > ? ORDER BY sequence");
        trade = connection.prepareStatement("SELECT proposer, proposer.name, uuid, partner, partner.name, room, at_ms"
                + " FROM trade JOIN player AS proposer ON proposer.id = trade.proposer"
                + " JOIN player AS partner ON partner.id = trade.partner WHERE sequence = ?");
        grant = connection.prepareStatement(
                "SELECT name, reference, at_ms FROM grant_reference JOIN player ON player.id = ? WHERE number = ?");
        last = connection.prepareStatement("SELECT ifnull(max(sequence), 0) FROM ledger_line");
    }

    /** Of the newest entry; empty: there is none. */
    String lastPosition() throws SQLException {
        try (ResultSet row = last.executeQuery()) {
            row.next();
            return row.getLong(1) == 0 ? "" : Long.toString(row.getLong(1));
        }
    }

    List<LedgerEntry> after(String position, int max) throws SQLException {
        List<LedgerEntry> entries = new ArrayList<>();
        lines.setLong(1, position.isEmpty() ? 0 : Long.parseLong(position));
        try (ResultSet row = lines.executeQuery()) {
            Lines entry = null;
            while (entries.size() < max && row.next()) {
                long ofTrade = row.getLong(2);
                long ofGrant = row.getLong(3);
                if (entry != null && (entry.trade != ofTrade || entry.grant != ofGrant)) {
                    entries.add(read(entry));
                    entry = null;
                }
                if (entry == null) {
                    entry = new Lines(ofTrade, ofGrant);
                }
                entry.add(row);
            }
            if (entry != null && entries.size() < max) {
                entries.add(read(entry));
            }
        }
        return entries;
    }

    private LedgerEntry read(Lines entry) throws SQLException {
        PreparedStatement head = entry.trade == 0 ? grant : trade;
        if (entry.trade == 0) {
            grant.setLong(1, entry.account);
            grant.setLong(2, entry.grant);
        } else {
            trade.setLong(1, entry.trade);
        }
        try (ResultSet row = head.executeQuery()) {
            if (!row.next()) {
                throw new IllegalStateException("the ledger's line " + entry.last + " belongs to nothing: trade "
                        + entry.trade + ", grant " + entry.grant);
            }
            return entry.trade == 0 ? grant(entry, row) : trade(entry, row);
        }
    }

    private static LedgerEntry trade(Lines entry, ResultSet row) throws SQLException {
        Player proposer = new Player(new PlayerId(row.getLong(1)), row.getString(2));
        return new LedgerEntry(
                Long.toString(entry.last),
                new TradeId(proposer.id(), TermsBytes.parseUuid(row.getBytes(3))).toString(),
                proposer,
                new Player(new PlayerId(row.getLong(4)), row.getString(5)),
                new RoomId(row.getString(6)),
                entry.lost(proposer.id().value()),
                entry.gained(proposer.id().value()),
                new TreeMap<>(),
                row.getLong(7));
    }

    private static LedgerEntry grant(Lines entry, ResultSet row) throws SQLException {
        return new LedgerEntry(
                Long.toString(entry.last),
                row.getString(2),
                new Player(new PlayerId(entry.account), row.getString(1)),
                null,
                null,
                entry.lost(entry.account),
                entry.gained(entry.account),
                entry.gainedKinds(),
                row.getLong(3));
    }

    /** The lines of one entry. */
    private static final class Lines {
        private record Line(long account, String kind, long item, long delta) {}

        private final long trade;
        private final long grant;
        private final List<Line> lines = new ArrayList<>();
        /** Somebody's who is not the mint. */
        private long account;

        private long last;

        Lines(long trade, long grant) {
            this.trade = trade;
            this.grant = grant;
        }

        void add(ResultSet row) throws SQLException {
            last = row.getLong(1);
            Line line = new Line(row.getLong(4), row.getString(5), row.getLong(6), row.getLong(7));
            lines.add(line);
            account = line.account() == Ledger.MINT ? account : line.account();
        }

        Goods lost(long whose) {
            return goods(whose, -1);
        }

        Goods gained(long whose) {
            return goods(whose, 1);
        }

        private Goods goods(long whose, int sign) {
            SortedMap<String, Long> stacks = new TreeMap<>();
            SortedSet<Long> items = new TreeSet<>();
            for (Line line : lines) {
                if (line.account() != whose || Long.signum(line.delta()) != sign) {
                    continue;
                }
                if (line.item() == 0) {
                    stacks.put(line.kind(), sign * line.delta());
                } else {
                    items.add(line.item());
                }
            }
            return new Goods(stacks, items);
        }

        SortedMap<Long, String> gainedKinds() {
            SortedMap<Long, String> kinds = new TreeMap<>();
            for (Line line : lines) {
                if (line.item() != 0 && line.account() == account && line.delta() > 0) {
                    kinds.put(line.item(), line.kind());
                }
            }
            return kinds;
        }
    }
}
