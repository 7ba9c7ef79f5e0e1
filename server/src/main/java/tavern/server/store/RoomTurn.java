package tavern.server.store;

import java.util.List;
import tavern.engine.EngineLimits;
import tavern.game.Names;
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
 * @param scores at most {@link #SCORES_MAX}, in their order
 * @param seen at most {@link #SEEN_MAX}
 * @param dueMillis when the room has to be opened even if nobody comes, a date; {@link Long#MAX_VALUE} for never
 */
@SuppressWarnings("ArrayRecordComponent")
public record RoomTurn(
        RoomId room,
        String type,
        long follows,
        long revision,
        byte[] state,
        long dueMillis,
        List<Score> scores,
        List<Seen> seen) {
    /** The kind of the ids of turns. */
    public static final String KIND = "turn";

    public static final int STATE_BYTES_MAX = 256 * 1024;

    /** {@code dueMillis} of a room that waits for nothing. */
    public static final long NEVER = Long.MAX_VALUE;

    public static final int SCORES_MAX = EngineLimits.SCORES_MAX;

    public static final int SEEN_MAX = EngineLimits.SEEN_MAX;

    public RoomTurn {
        scores = List.copyOf(scores);
        seen = List.copyOf(seen);
    }

    /** A turn that neither scores nor depends on what it has seen. */
    public RoomTurn(RoomId room, String type, long follows, long revision, byte[] state, long dueMillis) {
        this(room, type, follows, revision, state, dueMillis, List.of(), List.of());
    }

    /** With the fence, because a room that was forgotten begins with the same revisions again. */
    TransactionId id(long fence) {
        return TransactionId.undated(KIND + ":" + room + ":" + fence + ":" + revision);
    }

    /** @param kept revision that the store has */
    public Refusal outOfOrder(long kept) {
        String text = "the revision of room " + room + " is " + kept + ", not " + follows;
        return new Refusal(Refusal.Reason.OUT_OF_ORDER, 0, text);
    }

    /** Returns what makes the turn malformed; empty for nothing. */
    String fault() {
        if (!Names.isRoomName(type)) {
            return "its room has no valid type: " + type;
        }
        if (follows < 0 || revision <= follows) {
            return "its revision " + revision + " does not come after " + follows;
        }
        if (scores.size() > SCORES_MAX) {
            return scores.size() + " scores, of at most " + SCORES_MAX;
        }
        if (seen.size() > SEEN_MAX) {
            return seen.size() + " versions seen, of at most " + SEEN_MAX;
        }
        return state.length > STATE_BYTES_MAX ? state.length + " bytes of state, of at most " + STATE_BYTES_MAX : "";
    }
}
