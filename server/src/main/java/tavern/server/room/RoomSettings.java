package tavern.server.room;

/**
 * @param capacity players in one room
 * @param mailboxCapacity actions waiting for one room
 * @param idleCloseSeconds that an empty room stays open
 * @param replayEventsMax room events kept for a resume
 * @param replaySeconds that room events are kept for a resume
 * @param replayBytesMax of those events together: what one client may be sent at one go
 * @param chatHistory lines kept and shown to who joins
 * @param chatFlushMillis between chat and its writing to the store
 * @param positionFlushMillis between a move and the writing of the place to the store
 * @param roomsMax open at once
 * @param threads of the rooms alone; 0: rooms run on the threads that serve connections
 * @param interest where members see only who is near
 */
public record RoomSettings(
        int capacity,
        int tickHz,
        int mailboxCapacity,
        int idleCloseSeconds,
        int replayEventsMax,
        int replaySeconds,
        int replayBytesMax,
        int chatHistory,
        int chatFlushMillis,
        int positionFlushMillis,
        int roomsMax,
        int threads,
        Interest interest) {
    /**
     * @param fromCapacity smallest capacity of a room where places are told by cells
     * @param cellSize in 1/16 of a unit
     */
    public record Interest(int fromCapacity, int cellSize) {
        /** How many of that size a map has; all in 1/16 of a unit. */
        public static long cells(int mapWidth, int mapHeight, int cellSize) {
            return (long) cellsOn(mapWidth, cellSize) * cellsOn(mapHeight, cellSize);
        }

        /** The last one along an edge of the map has the edge itself too. */
        static int cellsOn(int edge, int cellSize) {
            return Math.max(1, (edge + cellSize - 1) / cellSize);
        }
    }

    /** Of one room: its opener may choose less. */
    int capacityOf(RoomOptions options) {
        return options.capacity() == 0 ? capacity : Math.min(options.capacity(), capacity);
    }
}
