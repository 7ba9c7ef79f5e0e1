package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import tavern.game.RoomId;
import tavern.server.store.ChatLine;
import tavern.server.store.PlayerPosition;

/** Writes the rooms' data: chat lines and positions. */
final class RoomTables {
    private final Fences fences;
    private final ChatBlocks chat;
    private final BulkWrite positions;
    private final UnusedRooms unused;

    RoomTables(Connection connection, Fences fences, GameTable games) throws SQLException {
        this.fences = fences;
        chat = new ChatBlocks(connection);
        unused = new UnusedRooms(connection, fences, games, chat);
        positions = BulkWrite.upsert(
                connection,
                "ON CONFLICT (room, player) DO UPDATE SET x = excluded.x, y = excluded.y",
                "position",
                "room",
                "player",
                "x",
                "y");
    }

    void appendChat(RoomId room, long fence, long firstNumber, List<ChatLine> lines, int keep)
            throws SQLException, OperationRefusedException {
        fences.require(room, fence);
        chat.append(room, firstNumber, lines, keep);
    }

    void savePositions(RoomId room, long fence, List<PlayerPosition> places)
            throws SQLException, OperationRefusedException {
        fences.require(room, fence);
        for (PlayerPosition stood : places) {
            positions.add(
                    room.name(),
                    stood.player().value(),
                    stood.position().x(),
                    stood.position().y());
        }
    }

    UnusedRooms unused() {
        return unused;
    }

    /** Writes positions, which are collected until then. Must be called before the commit. */
    void flush() throws SQLException {
        positions.flush();
    }
}
