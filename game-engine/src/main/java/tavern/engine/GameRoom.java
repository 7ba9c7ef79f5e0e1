package tavern.engine;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import tavern.game.Admission;
import tavern.game.GameType;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;

/**
 * One room of a game. All calls come from one thread, one after another; all but the questions return what is to be done,
 * in this order. {@code nowMillis} is always a date, in milliseconds since 1970.
 *
 * <p>Goods that turns move must reach {@link MemberGoods} before {@link #committed}.
 */
public final class GameRoom {
    public GameRoom(GameType<?, ?, ?> type, RoomId room, EngineLimits limits, Map<String, String> settings) {
        throw new UnsupportedOperationException();
    }

    /**
     * Begins a room that was never there. Nobody is to be let in before its first commit is durable ({@link #isOpen}).
     *
     * @param seed not to be guessed by players
     */
    public List<Output> begin(Map<String, String> metadata, long seed, long nowMillis) {
        throw new UnsupportedOperationException();
    }

    /**
     * Goes on with a room that the store kept. Who was in it is found to have left.
     *
     * @throws IllegalArgumentException when the game cannot read its state; the room cannot be opened with this game
     */
    public List<Output> restore(long revision, ByteString kept, long nowMillis) {
        throw new UnsupportedOperationException();
    }

    /** Whether the room is durable, so that people may be let in. */
    public boolean isOpen() {
        throw new UnsupportedOperationException();
    }

    /**
     * Asks the game whether somebody may come in; an exception of the game's passes through.
     * From the state that is durable.
     */
    public Admission admit(Player who, ByteString ticket) {
        throw new UnsupportedOperationException();
    }

    /**
     * What a newcomer or somebody who has missed too much is to see first: the game's view of the state that is durable,
     * which fits all that is told afterwards.
     */
    public ByteString view(Viewer viewer) {
        throw new UnsupportedOperationException();
    }

    /** A member has come in; the host has sent {@link #view} already. */
    public List<Output> joined(Player who, MemberGoods goods, long nowMillis) {
        throw new UnsupportedOperationException();
    }

    /** A member is gone for good. Does nothing for others. */
    public List<Output> left(PlayerId who, long nowMillis) {
        throw new UnsupportedOperationException();
    }

    public List<Output> dropped(PlayerId who, long nowMillis) {
        throw new UnsupportedOperationException();
    }

    public List<Output> returned(PlayerId who, long nowMillis) {
        throw new UnsupportedOperationException();
    }

    /**
     * A member says something. Answered once, by {@link Output.Done}, {@link Output.Refused} or {@link Output.Broken},
     * unless the member leaves before.
     *
     * @param seq the client's number of the message, for the answer
     * @param request 0, or the client's number of the request: it grows with each request of the player in this room; one that
     *     was carried out before is answered with {@link Output.Done} and not done again, also after a crash
     */
    public List<Output> said(PlayerId who, int seq, long request, ByteString message, long nowMillis) {
        throw new UnsupportedOperationException();
    }

    /** Another room's signal. One that is known is not done again. */
    public List<Output> signalled(RoomId from, long number, ByteString what, long nowMillis) {
        throw new UnsupportedOperationException();
    }

    /** Whether this signal is durably here, so that its sender may forget it. */
    public boolean knows(RoomId from, long number) {
        throw new UnsupportedOperationException();
    }

    /** A signal of this room is durable in the other. */
    public List<Output> arrived(long number, long nowMillis) {
        throw new UnsupportedOperationException();
    }

    /** Runs the timers that are due. To be called when {@link #dueMillis} has come; may be called at any time. */
    public List<Output> tick(long nowMillis) {
        throw new UnsupportedOperationException();
    }

    /** When {@link #tick} next has something to do; {@link Long#MAX_VALUE} for never. */
    public long dueMillis() {
        throw new UnsupportedOperationException();
    }

    /** Commits that are not decided, oldest first: what is to be submitted again, in this order, when the store was silent. */
    public List<Commit> pending() {
        throw new UnsupportedOperationException();
    }

    /** The commit with this revision is durable, and with it all pending ones before it. Does nothing for one that is not pending. */
    public List<Output> committed(long revision, long nowMillis) {
        throw new UnsupportedOperationException();
    }

    /**
     * The commit with this revision was refused, for good: goods or values are not as it needs them. Those behind it are
     * computed again, and submitted under new revisions. Does nothing for one that is not pending.
     */
    public List<Output> refused(long revision, ErrorCode code, String text, long nowMillis) {
        throw new UnsupportedOperationException();
    }

    /** Whether commits are under way. */
    public boolean isSettling() {
        throw new UnsupportedOperationException();
    }

    /** Revision of the state that is durable. */
    public OptionalLong revision() {
        throw new UnsupportedOperationException();
    }
}
