package tavern.server.store.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tavern.server.store.Refusal;
import tavern.server.store.RoomTurn;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionResult;

/**
 * Turns of one room for {@link Script#TURN}, of which each follows the one before it, so that only what the last one leaves has to be
 * written. Each of them ends as if it had been sent alone. Confined to one thread at a time.
 */
final class TurnChain {
    private final List<Transaction> turns = new ArrayList<>(1);

    TurnChain(Transaction first) {
        turns.add(first);
    }

    private Transaction last() {
        return turns.get(turns.size() - 1);
    }

    int size() {
        return turns.size();
    }

    long fence() {
        return fence(last());
    }

    private static long fence(Transaction turn) {
        return Objects.requireNonNull(turn.fence()).fence();
    }

    long atMillis() {
        return last().atMillis();
    }

    private static RoomTurn turn(Transaction transaction) {
        return Objects.requireNonNull(transaction.turn());
    }

    /** Adds a turn of the same room if it follows the last one. @return whether it was added */
    boolean add(Transaction next) {
        RoomTurn last = turn(last());
        if (turn(next).follows() != last.revision()
                || fence(next) != fence()
                || !turn(next).type().equals(last.type())) {
            return false;
        }
        turns.add(next);
        return true;
    }

    /** From before the first turn to after the last one. */
    RoomTurn turn() {
        RoomTurn last = turn(last());
        return new RoomTurn(
                last.room(),
                last.type(),
                turn(turns.get(0)).follows(),
                last.revision(),
                last.state(),
                last.dueMillis());
    }

    /** Those of all turns but the last one. */
    List<Long> revisionsBefore() {
        return turns.subList(0, turns.size() - 1).stream()
                .map(turn -> turn(turn).revision())
                .toList();
    }

    /** How each turn has ended. @param kept the room's revision before */
    List<TransactionResult> results(long kept) {
        List<TransactionResult> results = new ArrayList<>(turns.size());
        long revision = kept;
        for (Transaction transaction : turns) {
            RoomTurn turn = turn(transaction);
            boolean isRepeat = turn.revision() == revision;
            Refusal refusal = isRepeat || turn.follows() == revision ? null : turn.outOfOrder(revision);
            results.add(result(transaction, refusal, isRepeat));
            if (refusal == null) {
                revision = turn.revision();
            }
        }
        return results;
    }

    private static TransactionResult result(Transaction turn, @Nullable Refusal refusal, boolean isRepeat) {
        return new TransactionResult(turn.id(), refusal, isRepeat, turn.memo(), turn.atMillis(), Map.of());
    }
}
