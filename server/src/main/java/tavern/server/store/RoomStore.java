package tavern.server.store;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.game.Position;

/**
 * What rooms remember: their newest chat and where players stood. Written behind the game by the room's owner, whose fence
 * must be the newest: otherwise a write does nothing and its stage fails with {@link StaleFenceException}. Once a stage
 * completes, its effect is durable.
 *
 * <p>No method blocks or throws; stages complete on the store's threads, where callbacks must be short or continue on
 * another thread. A stage fails with {@link StoreUnavailableException} when the store cannot be reached, is full, or has
 * too many operations in flight: the operation may or may not have been done, and can be repeated without harm.
 */
public interface RoomStore {
    /** Whether a room of this name was ever opened in the realm, and is not forgotten. */
    CompletionStage<Boolean> knowsRoom(RoomId room);

    /**
     * Returns the room's newest chat lines. After {@link LeaseStore#acquireLease}, they include everything that earlier
     * owners can have written.
     */
    CompletionStage<ChatHistory> chat(RoomId room, int max);

    /**
     * Appends lines and keeps the newest {@code keep} lines of the room; older ones are removed, some of them a little
     * later. Lines are numbered consecutively; one whose number is not above the room's last is ignored, so that a
     * repeat does no harm. Fails with {@link StaleFenceException} when the fence is not the room's newest.
     *
     * @param firstNumber number of the first line; an owner continues from {@link ChatHistory#lastNumber}, so that the
     *     order depends on no clock
     */
    CompletionStage<Void> appendChat(RoomId room, long fence, long firstNumber, List<ChatLine> lines, int keep);

    /** Returns where a player stood when last in the room; empty if not known. */
    CompletionStage<Optional<Position>> position(RoomId room, PlayerId player);

    /** Stores where players stand. Fails with {@link StaleFenceException} when the fence is not the room's newest. */
    CompletionStage<Void> savePositions(RoomId room, long fence, List<PlayerPosition> positions);

    /**
     * Removes the places, chat, games and fences of rooms whose lease nobody has held for the given time. A room whose
     * game is due at some time counts as held. Fences that are granted later are above all that were removed. Does a
     * bounded part of the work.
     *
     * @param nowMillis by the caller's clock; the earlier of it and the store's own counts, so that one that is ahead does
     *     no harm
     * @param max approximately how many things to remove
     * @return whether there may be more to remove; then call it again
     */
    CompletionStage<Boolean> forgetRooms(long keptMillis, long nowMillis, int max);
}
