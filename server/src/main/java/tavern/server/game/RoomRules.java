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
     * Called {@code room.tick-hz} times a second, after the moves, while somebody is in the room or {@link #isSettling},
     * but for the ticks that {@link #restsUntil} has no need of: what the store did not answer is asked again from here.
     */
    void tick(long nowMillis, Effects effects);

    /**
     * Until when {@link #tick} has nothing to do unless {@link #apply} or {@link #move} is called before; asked after
     * ticks. A room where nothing happens leaves out the ticks until then, which makes it cost next to nothing. Each call
     * of {@code apply} or {@code move} ends the rest: the next tick is called, and the rules are asked anew. A tick may be
     * called all the same at any time.
     *
     * @return milliseconds since 1970. Not later than {@code nowMillis}, which is what this method returns unless it is
     *     overridden: every tick is called, for rules that move something by themselves. {@link Long#MAX_VALUE}: there is
     *     nothing that time alone brings about
     */
    default long restsUntil(long nowMillis) {
        return nowMillis;
    }

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
