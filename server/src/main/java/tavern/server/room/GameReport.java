package tavern.server.room;

import org.jspecify.annotations.Nullable;
import tavern.engine.RoomSummary;

/**
 * A room's game at one moment, for operators.
 *
 * @param type of the room
 * @param npcs in its scene; null when nothing moves
 */
public record GameReport(
        String type,
        String game,
        boolean isRecorded,
        RoomSummary now,
        @Nullable Integer npcs) {}
