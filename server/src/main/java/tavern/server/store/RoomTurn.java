package tavern.server.store;

import tavern.game.RoomId;

/**
 * The state of a room with a game after one of its turns, to be kept in the same commit as the turn's goods.
 *
 * <p>It is carried out only if the room's revision is {@code follows}; if it is {@code revision} already, nothing changes and the result is
 * a repeat. So no outcome has to be remembered, and a turn that was computed on one that failed never happens.
 *
 * @param type of the room, as the configuration names it
 * @param follows revision of the turn before; 0 for a room that was never there
 * @param revision larger than {@code follows}
 * @param state at most 256 KiB, not copied, and must not be changed
 * @param dueMillis when the room has to be opened even if nobody comes, a date; {@link Long#MAX_VALUE} for never
 */
@SuppressWarnings("ArrayRecordComponent")
public record RoomTurn(RoomId room, String type, long follows, long revision, byte[] state, long dueMillis) {
    /** The kind of a turn's transaction. */
    public static final String KIND = "turn";

    public static final int STATE_BYTES_MAX = 256 * 1024;
}
