package tavern.game;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;

/**
 * What follows from a tick. Good for that tick only, on its thread: later uses throw {@link IllegalStateException}.
 *
 * @param <O> what the game says to players
 */
public interface Later<O extends MessageLite> {
    /**
     * Begins a turn once the tick has ended: {@link Moving#later} is called with this. If the server crashes before its commit is
     * durable, nothing of it happens.
     *
     * @return false when it is not begun: 64 of the room's, or 64 KiB, are under way. A later tick may try again
     */
    boolean turn(ByteString what);

    /**
     * Tells everybody in the room, spectators too, something that is good for the moment only: not numbered, not told again after
     * a lost connection, and left out for who is behind. It arrives after the snapshot of this tick.
     *
     * @return false when it is not told, to nobody: the tick has told 256 events, or 64 KiB, already
     */
    boolean tellAll(O what);

    /** Tells one member, as {@link #tellAll} does; nobody, if he is not in the room. */
    boolean tell(PlayerId who, O what);
}
