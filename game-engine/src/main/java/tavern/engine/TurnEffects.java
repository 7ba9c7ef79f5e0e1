package tavern.engine;

import java.util.List;

/**
 * What follows from a turn besides the room's next state.
 *
 * @param told messages to members, in order
 * @param sent members, signals and calls that go elsewhere, and members who are put out
 * @param bytes of all that is told, sent, written and published
 */
record TurnEffects(
        List<Output> told,
        List<Output> sent,
        List<Commit.Transfer> transfers,
        List<TurnGoods.ItemMove> itemMoves,
        List<Commit.Value> values,
        List<Commit.Event> events,
        List<Commit.Score> scores,
        List<Commit.Seen> seen,
        long bytes) {
    static final TurnEffects NONE =
            new TurnEffects(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), 0);

    boolean needsCommit() {
        return !transfers.isEmpty() || !values.isEmpty() || !events.isEmpty() || !scores.isEmpty();
    }
}
