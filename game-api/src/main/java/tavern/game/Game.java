package tavern.game;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;

/**
 * The rules of one type of room.
 *
 * <p><b>A turn is a transaction.</b> Each call with a {@link Turn} gets the room's state and returns the next one. State,
 * goods, values, timers and events of a turn become one commit; what the turn tells is sent only when that is durable. So
 * nobody hears what a crash could take back. If the turn throws, or somebody does not have the goods that it takes, nothing of it
 * happens.
 *
 * <p>Called on the room's thread, one call after another for each room, but for several rooms at the same time on several threads.
 * While a call lasts, all that is on its thread waits: it takes microseconds, never blocks, and is logged when it has taken longer than
 * {@code turn-millis-max} (50 ms). A turn may be computed more than
 * once, from another state, when a turn before it could not be committed: what it does must depend on its arguments only.
 * One object serves all rooms of its type, so it must not have fields that change.
 *
 * <p>What a call throws ends its turn. A {@link RefusedException} ({@link Turn#refuse}) is an answer; anything else is a fault of the game,
 * logged with its stack trace, and answered {@code INTERNAL} where somebody waits for an answer. To return null is such a fault. The
 * methods say what else follows.
 *
 * @param <S> the state of a room, kept in the store; at most 64 KiB by default. Fields may be added later
 * @param <I> what players say to the game; usually one {@code oneof}
 * @param <O> what the game says to players
 */
public interface Game<S extends MessageLite, I extends MessageLite, O extends MessageLite> {
    /**
     * Returns the state of a room that was never there. The room is durable before anybody is let in. If this throws, for a setting that
     * cannot be, say, the room is not there, and whoever wanted to come in is answered {@code UNAVAILABLE}.
     */
    S open(Opening opening);

    /**
     * Decides whether somebody may come in, before a seat is taken or given up: who is refused stays where he is. May be asked more than
     * once for one coming, and who was let in may find the room full. If this throws, nobody comes in.
     *
     * @param state the newest durable one
     * @param ticket what the client sent with its {@code JoinRoom}: a password, an invitation; often empty, at most 4 KiB
     */
    default Admission admit(S state, Player who, ByteString ticket) {
        return Admission.player();
    }

    /**
     * Says whose goods and values the turn for a message needs to know of who is not present: they are read from the store before
     * the turn, and {@link Turn#count}, {@link Turn#items}, {@link Turn#kept} and {@link Turn#named} then know them. The turn waits
     * for that, and turns behind it too, so it is for what is rare. What was seen is compared with the store in the turn's commit: when
     * it has changed, it is read again, and after three times the message is answered {@code UNAVAILABLE}. What this throws is answered as what {@link #on}
     * throws.
     */
    default Reads reads(S state, Player from, I message) {
        return Reads.NONE;
    }

    /**
     * A player in the room said something; spectators cannot. The player is answered when the turn is durable, or with what it threw. Not
     * called for what the type's {@link GameType#messages} cannot parse; a {@code oneof} that is not set may come from a newer client.
     */
    S on(S state, Player from, I message, Turn<O> turn);

    /**
     * A timer ran out; it is no longer set. This also happens to a room that nobody is in, soon after the server has started if it was
     * due while there was none. A turn that throws, or whose commit is refused, is tried again: after a second, then less and less often,
     * up to once a minute.
     */
    default S due(S state, String timer, Turn<O> turn) {
        return state;
    }

    /**
     * A player has come in, has been shown the {@link #view}, and is {@link Turn#present}. If this throws, the player is put out again, with
     * the refusal's code and text if it is one. Not called for spectators, as the other methods about coming and going.
     */
    default S joined(S state, Player who, Turn<O> turn) {
        return state;
    }

    /**
     * A player has left, and is no longer {@link Turn#present}. Also called for everybody who was in the room when its
     * server crashed, when the room is opened again: an hour after its last turn at the latest, if nobody comes before and
     * the server is there. Nobody of them is present then. If this throws, the player is gone all the same.
     */
    default S left(S state, Player who, Turn<O> turn) {
        return state;
    }

    /**
     * A player's connection is lost. The seat is kept for a while: either {@link #returned} or {@link #left} follows. Not called
     * if the player is back before the turn could be computed. If this throws, nothing but the state's change is lost.
     */
    default S dropped(S state, Player who, Turn<O> turn) {
        return state;
    }

    /**
     * A player is back over another connection, and has been told everything that was missed, or shown a new {@link #view}. If this throws,
     * the player is back all the same.
     */
    default S returned(S state, Player who, Turn<O> turn) {
        return state;
    }

    /**
     * Another room has sent something ({@link Turn#signal}): once, and in the order in which that room sent it. A turn that throws
     * is tried again later, and those behind it wait; after eight times the signal is dropped.
     */
    default S signalled(S state, RoomId from, ByteString what, Turn<O> turn) {
        return state;
    }

    /**
     * A service has answered, or will not ({@link Turn#call}): once for each call, in whatever order. Also happens to a room that
     * nobody is in. A turn that throws is tried again later; after eight times the answer is dropped.
     */
    default S answered(S state, String call, Reply reply, Turn<O> turn) {
        return state;
    }

    /**
     * Returns what somebody sees who comes in, comes back having missed too much, or is there when the game is reloaded. Must not change
     * anything. At most 256 KiB; if it is more or this throws, the player sees no view, and plays all the same.
     *
     * @param state the newest durable one
     */
    O view(S state, Viewer viewer);
}
