package tavern.server.room;

/**
 * How busy a room is, for operators.
 *
 * @param waitMicros the last wait of the room for its thread
 * @param tickMicros the last tick
 */
public record RoomLoad(int mailboxDepth, long waitMicros, long tickMicros) {}
