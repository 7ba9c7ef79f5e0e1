package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Player;
import tavern.server.game.PlayerId;
import tavern.server.game.RoomId;
import tavern.server.game.SettledTrade;
import tavern.server.game.TradeId;
import tavern.server.store.TradeRecord;

/** How trades ended. */
final class TradeQueries {
    private final PreparedStatement idAt;
    private final PreparedStatement bySequence;

    TradeQueries(Connection connection) throws SQLException {
        idAt = connection.prepareStatement("SELECT proposer, uuid, sequence FROM trade_slot"
                + " JOIN trade ON sequence = trade_slot.trade WHERE slot = ?");
        bySequence = connection.prepareStatement(
                "SELECT proposer.name, partner.id, partner.name, terms, outcome, reason, at_ms,"
                        + " room FROM trade JOIN player AS proposer ON proposer.id = trade.proposer"
                        + " JOIN player AS partner ON partner.id = trade.partner WHERE sequence = ?");
    }

    /** More than one statement: to be called within a transaction. */
    Optional<SettledTrade> find(TradeId id) throws SQLException {
        return findRecord(id).map(TradeRecord::trade);
    }

    /** Likewise. */
    Optional<TradeRecord> findRecord(TradeId id) throws SQLException {
        byte[] uuid = TermsBytes.of(id.uuid());
        for (long slot = TradeSlots.first(id); ; slot++) {
            idAt.setLong(1, slot);
            try (ResultSet row = idAt.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                if (isOf(row, id, uuid)) {
                    return Optional.of(read(id, row.getLong(3)));
                }
            }
        }
    }

    /** Whether the slot is this very id's. */
    boolean isAt(long slot, TradeId id) throws SQLException {
        idAt.setLong(1, slot);
        try (ResultSet row = idAt.executeQuery()) {
            return row.next() && isOf(row, id, TermsBytes.of(id.uuid()));
        }
    }

    private static boolean isOf(ResultSet row, TradeId id, byte[] uuid) throws SQLException {
        return row.getLong(1) == id.proposer().value() && Arrays.equals(row.getBytes(2), uuid);
    }

    private TradeRecord read(TradeId id, long sequence) throws SQLException {
        bySequence.setLong(1, sequence);
        try (ResultSet row = bySequence.executeQuery()) {
            if (!row.next()) {
                throw new IllegalStateException("the players of trade " + id + " are not in the store");
            }
            SettledTrade trade = new SettledTrade(
                    id,
                    new Player(id.proposer(), row.getString(1)),
                    new Player(new PlayerId(row.getLong(2)), row.getString(3)),
                    TermsBytes.parse(row.getBytes(4)),
                    TradeOutcome.forNumber(row.getInt(5)),
                    ErrorCode.forNumber(row.getInt(6)),
                    row.getLong(7),
                    null,
                    null);
            return new TradeRecord(trade, new RoomId(row.getString(8)));
        }
    }
}
