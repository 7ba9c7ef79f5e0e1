package tavern.engine;

import com.google.protobuf.ByteString;
import java.util.List;
import tavern.game.AccountId;
import tavern.game.Board;
import tavern.game.Goods;
import tavern.game.PlayerId;

/**
 * A turn's part that has to be durable, as one transaction.
 *
 * <p>Revisions make it happen once: the store carries it out only if the room's revision is {@code follows}, and sets it
 * to {@code revision}. A revision is never used for two commits, and each is larger than all before it, so a commit that was computed on another
 * that failed can never be carried out, however late it arrives.
 *
 * @param follows revision of the commit that this one was computed on; 0 for a room that was never there
 * @param revision larger than {@code follows}, though not always by one
 * @param room what the store keeps of the room from now on
 * @param dueMillis when the room has to be opened if it is not open then, a date; {@link Long#MAX_VALUE} for never
 */
public record Commit(
        long follows,
        long revision,
        ByteString room,
        long dueMillis,
        List<Transfer> transfers,
        List<Value> values,
        List<Event> events,
        List<Score> scores,
        List<Seen> seen) {
    public Commit {
        transfers = List.copyOf(transfers);
        values = List.copyOf(values);
        events = List.copyOf(events);
        scores = List.copyOf(scores);
        seen = List.copyOf(seen);
    }

    /**
     * Goods that go from one account to another.
     *
     * @param made kinds of items to be made; only when a mint gives
     */
    public record Transfer(AccountId from, AccountId to, Goods goods, List<String> made) {
        public Transfer {
            made = List.copyOf(made);
        }
    }

    /**
     * A durable value to be written.
     *
     * @param seenVersion of the value that it replaces; 0 when there must be none
     */
    public record Value(PlayerId holder, String key, ByteString value, long seenVersion) {}

    /**
     * What the turn has seen of who is not present, and must not have changed.
     *
     * @param key of a value; empty for the account's goods
     * @param version 0 when there was none
     */
    public record Seen(AccountId account, String key, long version) {}

    /** Points on a leaderboard. */
    public record Score(Board board, PlayerId who, long points) {}

    /** An event for the feed. */
    public record Event(String event, ByteString body) {}
}
