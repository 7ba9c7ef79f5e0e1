package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import tavern.game.RoomId;
import tavern.server.store.RoomTurn;

/**
 * Keeps the state of rooms with games. Of the turns that a room takes in one commit only the last one is written; the revisions
 * of recently used rooms are kept in memory.
 */
final class GameTable {
    private static final int KEPT_MAX = 20_000;

    private final Map<RoomId, Long> revisions = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RoomId, Long> eldest) {
            return size() > KEPT_MAX;
        }
    };

    /** Not written yet; at most one for each operation of the commit. */
    private final Map<RoomId, RoomTurn> turns = new LinkedHashMap<>();

    private final PreparedStatement select;
    private final PreparedStatement selectDue;
    private final PreparedStatement upsert;
    private final PreparedStatement delete;

    GameTable(Connection connection) throws SQLException {
        select = connection.prepareStatement("SELECT revision FROM game_room WHERE room = ?");
        selectDue = connection.prepareStatement("SELECT due_ms FROM game_room WHERE room = ?");
        upsert = connection.prepareStatement("INSERT INTO game_room (room, type, revision, due_ms, state)"
                + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (room) DO UPDATE SET type = excluded.type,"
                + " revision = excluded.revision, due_ms = excluded.due_ms, state = excluded.state");
        delete = connection.prepareStatement("DELETE FROM game_room WHERE room = ?");
    }

    /** Returns the revision of the last turn, with those that are not written yet; 0 if there was none. */
    long revision(RoomId room) throws SQLException {
        RoomTurn last = turns.get(room);
        Long known = last == null ? revisions.get(room) : Long.valueOf(last.revision());
        if (known == null) {
            known = number(select, room, 0);
            revisions.put(room, known);
        }
        return known;
    }

    void keep(RoomTurn turn) {
        turns.put(turn.room(), turn);
    }

    /** Whether the room has to be opened at some time even if nobody comes. */
    boolean isDue(RoomId room) throws SQLException {
        RoomTurn last = turns.get(room);
        return (last == null ? number(selectDue, room, RoomTurn.NEVER) : last.dueMillis()) != RoomTurn.NEVER;
    }

    /** @return how many rows were removed */
    int remove(RoomId room) throws SQLException {
        turns.remove(room);
        revisions.remove(room);
        delete.setString(1, room.name());
        return delete.executeUpdate();
    }

    private static long number(PreparedStatement query, RoomId room, long ifThereIsNone) throws SQLException {
        query.setString(1, room.name());
        try (ResultSet row = query.executeQuery()) {
            return row.next() ? row.getLong(1) : ifThereIsNone;
        }
    }

    /** Writes the last turn of each room. Must be called before the commit. */
    void flush() throws SQLException {
        for (RoomTurn turn : turns.values()) {
            upsert.setString(1, turn.room().name());
            upsert.setString(2, turn.type());
            upsert.setLong(3, turn.revision());
            upsert.setLong(4, turn.dueMillis());
            upsert.setBytes(5, turn.state());
            upsert.executeUpdate();
            revisions.put(turn.room(), turn.revision());
        }
        turns.clear();
    }
}
