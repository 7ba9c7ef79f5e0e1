package tavern.server.cluster;

/**
 * How busy a server is, and how much it is meant for.
 *
 * @param busiestPermille of a core, that the busiest of the threads used which serve players
 * @param cpuPermille of a core, that the whole process used
 */
public record NodeLoad(
        int players,
        int playersMax,
        int connections,
        int connectionsMax,
        int rooms,
        int roomsMax,
        int busiestPermille,
        int cpuPermille,
        long memoryBytes,
        long memoryBytesMax) {
    private static final int PERMILLE = 1_000;

    /** Places that a server which others send players to should still have: reports are a moment old. */
    private static final int SPARE_PERMILLE = 50;

    /** What is used of that which runs out first, in thousandths. */
    public int permille() {
        return Math.max(busiestPermille, Math.max(permille(players, playersMax), permille(rooms, roomsMax)));
    }

    /** Whether others may send players here. */
    boolean takesPlayers() {
        return isSpare(players, playersMax) && isSpare(connections, connectionsMax);
    }

    /** Whether others may send players here who open a room. */
    boolean takesRooms() {
        return isSpare(rooms, roomsMax);
    }

    /** Whether players should go elsewhere if they can: what comes next may be refused. */
    boolean isFullOfConnections() {
        return !isSpare(connections, connectionsMax);
    }

    private static boolean isSpare(int used, int max) {
        return max - used > (long) max * SPARE_PERMILLE / PERMILLE;
    }

    private static int permille(int used, int max) {
        return (int) Math.min(Integer.MAX_VALUE, (long) used * PERMILLE / Math.max(1, max));
    }
}
