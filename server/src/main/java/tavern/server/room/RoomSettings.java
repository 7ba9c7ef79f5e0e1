package tavern.server.room;

/**
 * The settings of rooms.
 *
 * @param capacity players in one room
 * @param movesPerSecond of one player; of the moves that come sooner, the newest waits
 * @param mailboxCapacity actions waiting for one room
 * @param idleCloseSeconds how long an empty room stays open
 * @param replayEventsMax room events kept for a resume
 * @param replaySeconds how long room events are kept for a resume
 * @param resumeSeconds how long the seat of a player whose connection is lost is kept
 * @param replayBytesMax of those events together: the most that one client may be sent in one go
 * @param chatHistory lines of chat kept and sent to new members
 * @param chatFlushMillis from chat to its writing to the store
 * @param positionFlushMillis from a move to the writing of the place to the store
 * @param roomsMax open at once
 * @param roomsPerPlayerMax of those, opened by one player
 * @param roomsPerAddressMax of those, opened from one address
 * @param threads that only run rooms, or 0 to run rooms on the threads that serve connections
 * @param interest where members see only who is near
 * @param slowestPermille P-112: of the speed of an overloaded room; 1000 for rooms that never slow down
 */
public record RoomSettings(
        int capacity,
        int tickHz,
        double movesPerSecond,
        int mailboxCapacity,
        int idleCloseSeconds,
        int replayEventsMax,
        int replaySeconds,
        int resumeSeconds,
        int replayBytesMax,
        int chatHistory,
        int chatFlushMillis,
        int positionFlushMillis,
        int roomsMax,
        int roomsPerPlayerMax,
        int roomsPerAddressMax,
        int threads,
        Interest interest,
        int slowestPermille) {
    /**
     * When members see only part of a room.
     *
     * @param fromCapacity smallest capacity of a room where places are sent by cells
     * @param cellSize in 1/16 of a unit
     */
    public record Interest(int fromCapacity, int cellSize) {
        /** The number of cells of this size on a map; all parameters are in 1/16 of a unit. */
        public static long cells(int mapWidth, int mapHeight, int cellSize) {
            return (long) cellsOn(mapWidth, cellSize) * cellsOn(mapHeight, cellSize);
        }

        /** The last cell along an edge of the map includes the edge itself. */
        static int cellsOn(int edge, int cellSize) {
            return Math.max(1, (edge + cellSize - 1) / cellSize);
        }
    }

    /** The capacity of one room: its opener may choose a smaller one. */
    int capacityOf(RoomOptions options) {
        return options.capacity() == 0 ? capacity : Math.min(options.capacity(), capacity);
    }
}
