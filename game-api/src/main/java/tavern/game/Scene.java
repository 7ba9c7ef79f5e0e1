package tavern.game;

import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What there is to see in a room: its players, and the NPCs that the game spawns. They are entities, with a small number
 * each, a place and attributes. Volatile: told with the next snapshot, never kept.
 *
 * <p>Places are in 1/16 of a unit, from 0 to {@link #width} and {@link #height}; those beyond are moved to the edge.
 *
 * <p>To be used during the call to which it was passed, on its thread; changed by ticks only, otherwise it throws {@link
 * IllegalStateException}. An entity that is not there, a kind or an attribute that cannot
 * be, throws {@link IllegalArgumentException}.
 */
public interface Scene {
    /** The kind of players. NPCs have others, which are the game's own. */
    int PLAYER = 0;

    /** Of each entity; 0 until they are set. */
    int ATTRIBUTES = 16;

    /** The first ones are told to players who see the entity: attributes 0 to 7. The others are known to the game only. */
    int TOLD_ATTRIBUTES = 8;

    /**
     * A new NPC. Its number is larger than those of players.
     *
     * @param kind greater than 0
     * @param x in 1/16 of a unit
     * @param y in 1/16 of a unit
     * @return its number; 0 when the room has as many as its type allows. The number of one that was removed is free from the next
     *     tick on
     */
    int spawn(int kind, int x, int y);

    /** Takes an NPC away. A player, who leaves by himself, throws {@link IllegalArgumentException}. */
    void remove(int entity);

    /**
     * Puts an NPC or a player somewhere else. A player's moves that start from where he stood before are refused if they are too
     * far from there.
     */
    void place(int entity, int x, int y);

    /**
     * Sets an attribute.
     *
     * @param attribute 0 to {@link #ATTRIBUTES} - 1
     */
    void set(int entity, int attribute, long value);

    /**
     * Returns an attribute; 0 if it was never set.
     *
     * @param attribute 0 to {@link #ATTRIBUTES} - 1
     */
    long get(int entity, int attribute);

    /** In 1/16 of a unit. */
    int x(int entity);

    /** In 1/16 of a unit. */
    int y(int entity);

    /** {@link #PLAYER}, or what {@link #spawn} was given. */
    int kind(int entity);

    /** Whether there is such an entity. The number of one that is gone is used again for another. */
    boolean has(int entity);

    /** The player's entity; 0 when he is not here. Spectators have none. */
    int of(PlayerId player);

    /** Whose entity it is; null for an NPC. */
    @Nullable
    PlayerId player(int entity);

    /** How many entities of this kind there are. */
    int count(int kind);

    /** Calls for each entity of this kind, in ascending order of their numbers. Entities may be added or removed meanwhile. */
    void each(int kind, IntConsumer each);

    /**
     * Calls for each other entity, of whatever kind, that is at most so far away, in ascending order of their numbers. Entities may be
     * added, moved or removed meanwhile.
     *
     * @param radius in 1/16 of a unit
     */
    void near(int entity, int radius, IntConsumer each);

    /** Of the map, in 1/16 of a unit. */
    int width();

    /** Of the map, in 1/16 of a unit. */
    int height();

    /** Chance for ticks, which is not kept. Fit for games, not for secrets. */
    RandomGenerator random();
}
