package tavern.server.game;

/** Has a say in moves that are possible otherwise: a room's game. */
@FunctionalInterface
public interface MoveCheck {
    /**
     * Called for each move, so it should not allocate.
     *
     * @param x in 1/16 of a unit, on the map
     * @param y in 1/16 of a unit, on the map
     */
    boolean mayMove(int entity, int x, int y);
}
