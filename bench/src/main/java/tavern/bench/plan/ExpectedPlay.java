package tavern.bench.plan;

/**
 * What the players of a game do.
 *
 * @param players at the same time
 * @param roomSize players in one room
 * @param moves a second of each player
 * @param chatsPerMinute lines of each player, heard by the room
 * @param tradesPerMinute of each player, each with another one
 * @param sessionMinutes from a login to the logout
 * @param roomMinutes from a join to the next one
 * @param tickHz of rooms
 */
record ExpectedPlay(
        int players,
        int roomSize,
        double moves,
        double chatsPerMinute,
        double tradesPerMinute,
        double sessionMinutes,
        double roomMinutes,
        int tickHz) {
    private static final double SECONDS = 60;

    double rooms() {
        return Math.ceil((double) players / roomSize);
    }

    double movesPerSecond() {
        return players * moves;
    }

    /** A room in which somebody moves sends something to everybody at each tick. */
    double writesPerSecond() {
        double someMoves = 1 - Math.pow(1 - Math.min(1, moves / tickHz), roomSize);
        return players * tickHz * someMoves;
    }

    double updatesPerSecond() {
        return movesPerSecond() * (roomSize - 1);
    }

    double chatDeliveriesPerSecond() {
        return players * chatsPerMinute / SECONDS * roomSize;
    }

    double chatsPerSecond() {
        return players * chatsPerMinute / SECONDS;
    }

    /** A trade is of two players. */
    double tradesPerSecond() {
        return players * tradesPerMinute / SECONDS / 2;
    }

    double loginsPerSecond() {
        return players / (sessionMinutes * SECONDS);
    }

    double joinsPerSecond() {
        return players / (roomMinutes * SECONDS);
    }
}
