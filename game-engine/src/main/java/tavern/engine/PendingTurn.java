package tavern.engine;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A turn that was computed, and is not told yet.
 *
 * @param next the room after it
 * @param commit null when nothing of it has to be durable: it only waits for those before it
 * @param outputs when it is decided
 */
record PendingTurn(
        TurnInput input,
        RoomState next,
        @Nullable Commit commit,
        TurnEffects effects,
        List<Output> outputs,
        TurnTrace trace) {
    /** Returns the same as another version of the game reads it, which computes it only if it has to be computed again. */
    PendingTurn readBy(GameCalls<?, ?, ?> other) throws InvalidProtocolBufferException {
        return new PendingTurn(input.readBy(other), next.readBy(other), commit, effects, outputs, trace);
    }

    /** What it needs in memory, roughly: besides goods, whose number is bounded. */
    long bytes() {
        return input.bytes()
                + effects.bytes()
                + (commit == null ? 0 : commit.room().size());
    }

    boolean is(long revision) {
        return commit != null && commit.revision() == revision;
    }
}
