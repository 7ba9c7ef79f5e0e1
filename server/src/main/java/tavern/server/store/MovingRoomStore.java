package tavern.server.store;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import tavern.game.RoomId;

/**
 * Rooms on their way from one server to another. A room that is offered stays its server's until the other one takes it, and
 * of a taking and a withdrawal only one happens. Only for servers that share a realm.
 *
 * <p>No method blocks or throws; stages complete on the store's threads, where callbacks must be short or continue on
 * another thread. A stage fails with {@link StoreUnavailableException} when the store cannot be reached, is full, or has
 * too many operations in flight: the operation may or may not have been done, and can be repeated without harm.
 */
public interface MovingRoomStore {
    /**
     * Offers a room for the given time.
     *
     * @param fence of the server that has it
     * @param to id of the server that may take it
     * @param state what that server needs to know; at most a few megabytes, not copied
     * @return false when another server has the room by now
     */
    CompletionStage<Boolean> offer(RoomId room, long fence, String to, byte[] state, long ttlMillis);

    /** Reads what is offered to this server. */
    CompletionStage<Optional<byte[]>> offered(RoomId room, String to);

    /**
     * Makes the caller the owner of a room that is offered to it, as {@link LeaseStore#acquireLease} does.
     *
     * @param to id of the caller
     * @param holder the caller, as shown to others
     * @return the new fence; empty when the room is not offered any more
     */
    CompletionStage<Optional<Long>> take(RoomId room, String to, String holder, long ttlMillis);

    /**
     * Withdraws an offer.
     *
     * @param fence of the caller
     * @return empty when the room is still the caller's; else who has it, as {@link LeaseAnswer.Held#holder}, or an empty
     *     text when nobody has
     */
    CompletionStage<Optional<String>> withdraw(RoomId room, long fence);
}
