package tavern.server.game;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
import tavern.game.RoomId;

/**
 * The rules of one room. All calls come from the room's thread, one after another.
 *
 * <p>Times are milliseconds of a monotonic clock: they never go back or jump, and say nothing about the date. Where a
 * date matters, the {@link Action} carries it. An exception thrown from a method is logged and answered with
 * {@code INTERNAL}; the room goes on, with the state as the exception left it.
 */
public interface RoomRules {
    void apply(Action action, long nowMillis, Effects effects);

    /**
     * A player requests a move to a place; called at a tick with the newest move of each entity since the tick before.
     * This is the hottest path, so it should not allocate.
     *
     * @param x in 1/16 of a unit, any value
     * @param y in 1/16 of a unit, any value
     */
    void move(int entity, int seq, int x, int y, long nowMillis, Effects effects);

    /** Who is asked about moves that are possible otherwise. Before anybody comes in. */
    default void checkMoves(MoveCheck check) {}

    /**
     * Puts a player somewhere else, however far away.
     *
     * @param x in 1/16 of a unit, on the map
     * @param y in 1/16 of a unit, on the map
     */
    default void place(int entity, int x, int y, Effects effects) {}

    /**
     * Called {@code room.tick-hz} times a second, after the moves, while somebody is in the room or
     * {@link #isSettling}, except for ticks that {@link #restsUntil} makes unnecessary. Requests that the store did not
     * answer are retried from here.
     */
    void tick(long nowMillis, Effects effects);

    /**
     * Until when {@link #tick} has nothing to do, unless {@link #apply} or {@link #move} is called before; the room
     * calls this after ticks. A room where nothing happens skips the ticks until then, so it costs next to nothing.
     * Each call of {@code apply} or {@code move} ends the rest: the next tick is called, and then this method again.
     * The room may still call a tick at any time.
     *
     * @return milliseconds on the clock of {@code nowMillis}. Any value up to {@code nowMillis}, which is the default,
     *     means that every tick is called, for rules that change something by themselves; {@link Long#MAX_VALUE} means
     *     that nothing happens by the passage of time alone
     */
    default long restsUntil(long nowMillis) {
        return nowMillis;
    }

    /**
     * P-112: from now on, things move at this speed; it is {@link GameTime#FULL} at first. All other times go on as before.
     *
     * @param permille of full speed
     */
    default void passTime(int permille, long nowMillis) {}

    /** The players in the room, in ascending order of entity ids. */
    List<Entity> entities();

    /** Whether a trade or a turn waits for the store, so that the room cannot be closed yet. */
    boolean isSettling();

    /** Whether {@link #tick} is called while nobody is in the room, too. */
    default boolean runsEmpty() {
        return false;
    }

    /** What a member owns, as these rules know it; null for others, and by rules that do not know. */
    default @Nullable Inventory inventory(PlayerId player) {
        return null;
    }

    /** Offers that have not ended, oldest first, as shown to operators. */
    default List<OpenOffer> offers() {
        return List.of();
    }

    /** Whether the room can move to another server while players are in it: whether these rules can {@code restore}. */
    default boolean isMovable() {
        return false;
    }

    /**
     * Goes on with a player of the room that another server had until now; nobody is told. Before anybody comes in.
     *
     * @param mutedUntilMillis a date, milliseconds since 1970
     */
    default void restore(Entity as, Inventory inventory, long mutedUntilMillis, long nowMillis) {
        throw new UnsupportedOperationException("these rules cannot be moved");
    }

    /** Goes on with an offer that was open on the other server; its players are restored already. */
    default void restore(OpenOffer offer) {
        throw new UnsupportedOperationException("these rules cannot be moved");
    }

    /** Creates the rules of each room when it opens. */
    @FunctionalInterface
    interface Factory {
        RoomRules open(RoomId room);
    }
}
