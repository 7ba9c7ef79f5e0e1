package tavern.server.room;

/**
 * How busy a room is, for operators.
 *
 * @param waitMicros the room's last wait for its thread
 * @param tickMicros the duration of the last tick
 * @param timePermille P-112: the speed of the room's time; 1000 when it is not slowed down
 */
public record RoomLoad(int mailboxDepth, long waitMicros, long tickMicros, int timePermille) {}
