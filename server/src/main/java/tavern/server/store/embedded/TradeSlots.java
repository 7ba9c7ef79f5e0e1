package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import tavern.server.game.PlayerId;
import tavern.server.game.TradeId;

/**
 * Which ids are used up: a hash table in the file, with open addressing. A client's ids come in no order, so each one
 * written costs about a page of its own; the fewer bytes it has, the more of them share one.
 */
final class TradeSlots {
    private final TradeQueries trades;
    private final PreparedStatement insert;

    TradeSlots(Connection connection, TradeQueries trades) throws SQLException {
        this.trades = trades;
        insert = connection.prepareStatement(
                "INSERT INTO trade_slot (slot, trade) VALUES (?, ?) ON CONFLICT (slot) DO NOTHING");
    }

    /** Brings every trade of the file into its slot. */
    static void fill(Connection connection) throws SQLException {
        TradeSlots slots = new TradeSlots(connection, new TradeQueries(connection));
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT proposer, uuid, sequence FROM trade")) {
            while (rows.next()) {
                UUID uuid = TermsBytes.parseUuid(rows.getBytes(2));
                slots.take(new TradeId(new PlayerId(rows.getLong(1)), uuid), rows.getLong(3), () -> {});
            }
        }
    }

    /** The slot to look at first; then those after it, up to the first empty one. */
    static long first(TradeId id) {
        long hash = mix(id.uuid().getMostSignificantBits());
        hash = mix(hash + id.uuid().getLeastSignificantBits());
        return mix(hash + id.proposer().value());
    }

    /** SplitMix64's finalizer, http://prng.di.unimi.it/splitmix64.c. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    /**
     * Takes a slot for the trade, unless its id has one already.
     *
     * @param flush writes the trades that have slots but are not yet in the table
     * @return whether the id was free
     */
    boolean take(TradeId id, long trade, Flush flush) throws SQLException {
        long slot = first(id);
        while (!insert(slot, trade)) {
            flush.run();
            if (trades.isAt(slot, id)) {
                return false;
            }
            slot++; // two ids share a hash
        }
        return true;
    }

    private boolean insert(long slot, long trade) throws SQLException {
        insert.setLong(1, slot);
        insert.setLong(2, trade);
        return insert.executeUpdate() == 1;
    }

    interface Flush {
        void run() throws SQLException;
    }
}
