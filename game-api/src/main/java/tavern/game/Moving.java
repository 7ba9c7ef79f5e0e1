package tavern.game;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;

/**
 * A game whose things move. Beside the durable state, each room has a {@link Scene}: players and NPCs, their places and
 * attributes. It is told to players with the snapshots, as players' places are, and is lost when the room closes or its server
 * crashes; the first {@link #tick} of a room that is opened again makes it anew, from the state.
 *
 * <p>A tick cannot commit anything. What is to be kept goes through a turn, which a tick begins with {@link Later#turn}.
 * Turns do not see the scene, because they may be computed again when it is another: what they need to know of it is in
 * what {@link Later#turn} is given.
 *
 * <pre>
 *   tick ──► scene ──► snapshots
 *    │ ▲
 *    │ └──── state ◄── one commit
 *    └─ later.turn ──► later ──┘
 * </pre>
 *
 * <p>All calls come on the room's thread, between turns, and hold up all that is on it. What a tick throws is logged, and the room goes on with the scene as it
 * was left.
 */
public interface Moving<S extends MessageLite, I extends MessageLite, O extends MessageLite> extends Game<S, I, O> {
    /**
     * A step of time: {@code tick-hz} times a second while somebody is in the room, after the players' moves and before the
     * snapshot that tells of them. It should take far less than a millisecond, and make no garbage.
     *
     * <p>A room that is overloaded slows down: ticks come less often, and {@code now} goes more slowly. So a game that moves things by the
     * time since the tick before, or by the same in each tick, need not know of it.
     *
     * @param state that is durable
     * @param now the room's time: the date, in milliseconds since 1970, until the room was slowed down, and behind it since then.
     *     It is not to be compared with {@link Turn#now}
     */
    void tick(S state, Scene scene, Later<O> later, long now);

    /**
     * Whether a player may move there. Asked about each move that is on the map and not too fast. If not, the player is told to
     * stand where he stood, which is not held against him. Cannot change the scene.
     *
     * @param state that is durable
     * @param entity the player's
     * @param x in 1/16 of a unit
     * @param y in 1/16 of a unit
     */
    default boolean mayMove(S state, Scene scene, int entity, int x, int y) {
        return true;
    }

    /**
     * The turn that a tick has begun, from the newest state: what the tick saw may have changed since. If it throws, or
     * somebody has not got the goods that it takes, nothing of it happens, and it is not tried again.
     *
     * @param what {@link Later#turn} was given
     */
    default S later(S state, ByteString what, Turn<O> turn) {
        return state;
    }
}
