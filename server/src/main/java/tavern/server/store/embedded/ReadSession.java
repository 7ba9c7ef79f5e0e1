package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.game.Position;
import tavern.server.store.CommittedLegs;
import tavern.server.store.ForeignValueException;
import tavern.server.store.LeaseKey;
import tavern.server.store.OutboxEvent;
import tavern.server.store.OutboxRow;

/** All read operations; each transaction sees one committed state. */
final class ReadSession extends DatabaseSession {
    private final PlayerQueries players;
    private final OutcomeQueries outcomes;
    private final AuditTable audit;
    private final FreezeTable freezes;
    private final ChatQueries chat;
    private final ValueTable values;
    private final GameQueries games;
    private final BoardQueries boards;
    private final ErasureTable erasures;
    private final OperatorTable operators;
    private final PreparedStatement room;
    private final PreparedStatement position;
    private final PreparedStatement outbox;

    ReadSession(Connection connection) throws SQLException {
        super(connection, "BEGIN");
        players = new PlayerQueries(connection);
        outcomes = new OutcomeQueries(connection);
        audit = new AuditTable(connection);
        freezes = new FreezeTable(connection);
        chat = new ChatQueries(connection);
        values = new ValueTable(connection);
        games = new GameQueries(connection);
        boards = new BoardQueries(connection);
        erasures = new ErasureTable(connection);
        operators = new OperatorTable(connection);
        room = connection.prepareStatement("SELECT 1 FROM fence WHERE lease = ?");
        position = connection.prepareStatement("SELECT x, y FROM position WHERE room = ? AND player = ?");
        outbox = connection.prepareStatement("SELECT sequence, message_id, routing_key, body, at_ms, legs FROM outbox"
                + " WHERE sequence > ? ORDER BY sequence LIMIT ?");
    }

    PlayerQueries players() {
        return players;
    }

    OutcomeQueries outcomes() {
        return outcomes;
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

    ValueTable values() {
        return values;
    }

    GameQueries games() {
        return games;
    }

    BoardQueries boards() {
        return boards;
    }

    ErasureTable erasures() {
        return erasures;
    }

    OperatorTable operators() {
        return operators;
    }

    /** Known rooms have a fence: opening a room creates one, which stays until the room is forgotten. */
    boolean knowsRoom(RoomId name) throws SQLException {
        room.setString(1, LeaseKey.room(name).name());
        try (ResultSet rows = room.executeQuery()) {
            return rows.next();
        }
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
                found.add(new OutboxRow(
                        rows.getLong(1),
                        rows.getString(2),
                        event,
                        legs(rows),
                        rows.getLong(5),
                        0)); // each is looked at
            }
        }
        return found;
    }

    private static @Nullable CommittedLegs legs(ResultSet row) throws SQLException {
        String legs = row.getString(6);
        try {
            return legs.isEmpty() ? null : CommittedLegs.parse(legs);
        } catch (IllegalArgumentException e) {
            throw new ForeignValueException("row " + row.getLong(1) + " of outbox (" + row.getString(2)
                    + ") cannot be read: " + e.getMessage());
        }
    }
}
