package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.RoomId;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.TradeId;

/** The memory of how trades ended, each under its id, once. */
final class Trades {
    /** Instead of a trade's number: its id is taken. */
    static final long TAKEN = 0;

    private final TradeQueries queries;
    private final TradeSlots slots;
    private final BulkInsert rows;
    private long last;

    Trades(Connection connection) throws SQLException {
        queries = new TradeQueries(connection);
        slots = new TradeSlots(connection, queries);
        rows = new BulkInsert(
                connection,
                "trade",
                "sequence",
                "proposer",
                "uuid",
                "partner",
                "room",
                "fence",
                "terms",
                "outcome",
                "reason",
                "at_ms");
        try (PreparedStatement newest = connection.prepareStatement("SELECT ifnull(max(sequence), 0) FROM trade");
                ResultSet row = newest.executeQuery()) {
            row.next();
            last = row.getLong(1);
        }
    }

    /** The number it has from now on, or {@link #TAKEN}, and nothing is written. */
    long remember(Settlement wish, RoomId room, long fence, TradeOutcome outcome, ErrorCode reason, long nowMillis)
            throws SQLException {
        long sequence = last + 1;
        if (!slots.take(wish.id(), sequence, rows::flush)) {
            return TAKEN;
        }
        last = sequence;
        rows.add(
                sequence,
                wish.proposer().id().value(),
                TermsBytes.of(wish.id().uuid()),
                wish.partner().id().value(),
                room.name(),
                fence,
                TermsBytes.of(wish.terms()),
                outcome.getNumber(),
                reason.getNumber(),
                nowMillis);
        return sequence;
    }

    Optional<SettledTrade> find(TradeId id) throws SQLException {
        rows.flush(); // one of this very transaction is remembered too
        return queries.find(id);
    }

    void flush() throws SQLException {
        rows.flush();
    }
}
