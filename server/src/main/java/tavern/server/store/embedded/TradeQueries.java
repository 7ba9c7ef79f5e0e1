package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Player;
import tavern.server.game.PlayerId;
import tavern.server.game.SettledTrade;
import tavern.server.game.TradeId;

/** How trades ended. */
final class TradeQueries {
    private final PreparedStatement byId;

    TradeQueries(Connection connection) throws SQLException {
        byId = connection.prepareStatement(
                "SELECT proposer.name, partner.id, partner.name, terms, outcome, reason, at_ms"
                        + " FROM trade JOIN player AS proposer ON proposer.id = trade.proposer"
                        + " JOIN player AS partner ON partner.id = trade.partner"
                        + " WHERE trade.proposer = ? AND uuid = ?");
    }

    Optional<SettledTrade> find(TradeId id) throws SQLException {
        byId.setLong(1, id.proposer().value());
        byId.setBytes(2, TermsBytes.of(id.uuid()));
        try (ResultSet rows = byId.executeQuery()) {
            return rows.next() ? Optional.of(read(id, rows)) : Optional.empty();
        }
    }

    private static SettledTrade read(TradeId id, ResultSet row) throws SQLException {
        return new SettledTrade(
                id,
                new Player(id.proposer(), row.getString(1)),
                new Player(new PlayerId(row.getLong(2)), row.getString(3)),
                TermsBytes.parse(row.getBytes(4)),
                TradeOutcome.forNumber(row.getInt(5)),
                ErrorCode.forNumber(row.getInt(6)),
                row.getLong(7),
                null,
                null);
    }
}
