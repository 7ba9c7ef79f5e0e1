package tavern.server.room;

import tavern.engine.RoomSummary;

/** A room's game at one moment, for operators. @param type of the room */
public record GameReport(String type, String game, boolean isRecorded, RoomSummary now) {}
