package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tavern.server.game.PlayerId;
import tavern.server.game.Position;
import tavern.server.game.RoomId;
import tavern.server.store.OutboxEvent;
import tavern.server.store.OutboxRow;

/** All that reads; each transaction sees one committed state. */
final class ReadSession extends Session {
    private final PlayerQueries players;
    private final TradeQueries trades;
    private final AuditTable audit;
    private final FreezeTable freezes;
    private final ChatQueries chat;
    private final PreparedStatement position;
    private final PreparedStatement outbox;

    ReadSession(Connection connection) throws SQLException {
        super(connection, "BEGIN");
        players = new PlayerQueries(connection);
        trades = new TradeQueries(connection);
        audit = new AuditTable(connection);
        freezes = new FreezeTable(connection);
        chat = new ChatQueries(connection);
        position = connection.prepareStatement("SELECT x, y FROM position WHERE room = ? AND player = ?");
        outbox = connection.prepareStatement("SELECT sequence, message_id, routing_key, body, at_ms FROM outbox"
                + " WHERE sequence > ? ORDER BY sequence LIMIT ?");
    }

    PlayerQueries players() {
        return players;
    }

    TradeQueries trades() {
        return trades;
    }

    AuditTable audit() {
        return audit;
    }

    FreezeTable freezes() {
        return freezes;
    }

    ChatQueries chat() {
        return chat;
    }

    Optional<Position> position(RoomId room, PlayerId player) throws SQLException {
        position.setString(1, room.name());
        position.setLong(2, player.value());
        try (ResultSet rows = position.executeQuery()) {
            return rows.next() ? Optional.of(new Position(rows.getInt(1), rows.getInt(2))) : Optional.empty();
        }
    }

    List<OutboxRow> outbox(long afterSequence, int max) throws SQLException {
        outbox.setLong(1, afterSequence);
        outbox.setInt(2, max);
        List<OutboxRow> found = new ArrayList<>();
        try (ResultSet rows = outbox.executeQuery()) {
            while (rows.next()) {
                OutboxEvent event = new OutboxEvent(rows.getString(3), rows.getBytes(4));
                found.add(new OutboxRow(rows.getLong(1), rows.getString(2), event, rows.getLong(5)));
            }
        }
        return found;
    }
}
