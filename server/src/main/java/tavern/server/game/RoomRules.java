package tavern.server.game;

import java.util.List;

/**
 * The rules of one room. All calls come from the room's one thread, one after another.
 *
 * <p>Times are milliseconds since 1970 that never go back. An exception thrown from here is answered
 * {@code INTERNAL} and logged; the room lives on, with the state as the exception left it.
 */
public interface RoomRules {
    void apply(Action action, long nowMillis, Effects effects);

    /**
     * A player wants to be at a place; called at a tick with the newest wish of each entity since the tick before. The
     * path that is taken most: no garbage.
     *
     * @param x in 1/16 of a unit, any value
     * @param y in 1/16 of a unit, any value
     */
    void move(int entity, int seq, int x, int y, long nowMillis, Effects effects);

    /**
     * Called {@code room.tick-hz} times a second, after the moves, while somebody is in the room or {@link #isSettling}:
     * what the store did not answer is asked again from here.
     */
    void tick(long nowMillis, Effects effects);

    /** Who is in the room, in ascending order of entity ids. */
    List<Entity> entities();

    /** Whether a trade is on its way to or from the store, so that the room cannot be closed yet. */
    boolean isSettling();

    /** Offers that have not ended, the oldest first; for operators to see. */
    default List<OpenOffer> offers() {
        return List.of();
    }

    /** Makes the rules of each room when it opens. */
    @FunctionalInterface
    interface Factory {
        RoomRules open(RoomId room);
    }
}
