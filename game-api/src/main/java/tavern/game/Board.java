package tavern.game;

/**
 * A leaderboard of a game: the best {@link #PLAYERS_MAX} players by their points; of equals the player with the lower id is
 * ahead. Clients ask for it as {@code <game>.<name>}.
 *
 * @param name as {@link Names#isBoard} allows
 * @param ranking what several scores of one player come to
 */
public record Board(String name, Ranking ranking) {
    /** On a board. Others are forgotten, also what a sum had come to. */
    public static final int PLAYERS_MAX = 10_000;

    /** Points are from {@code -POINTS_MAX} to this: all stores and clients count so far exactly. A sum stops there. */
    public static final long POINTS_MAX = (1L << 53) - 1;

    /** What counts when a player scores again. */
    public enum Ranking {
        /** The most points. */
        BEST,
        /** The newest points. */
        LATEST,
        /** All points together. */
        SUM;

        /** Returns what a player who is on the board has after another score. */
        public long after(long before, long points) {
            return switch (this) {
                case BEST -> Math.max(before, points);
                case LATEST -> points;
                case SUM -> Math.max(-POINTS_MAX, Math.min(POINTS_MAX, before + points));
            };
        }
    }

    /** @throws IllegalArgumentException when the name is not one */
    public Board {
        if (!Names.isBoard(name)) {
            throw new IllegalArgumentException("not the name of a leaderboard: " + name);
        }
    }
}
