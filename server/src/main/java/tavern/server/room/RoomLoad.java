package tavern.server.room;

/**
 * How busy a room is, for operators.
 *
 * @param waitMicros the room's last wait for its thread
 * @param tickMicros the duration of the last tick
 */
public record RoomLoad(int mailboxDepth, long waitMicros, long tickMicros) {}
