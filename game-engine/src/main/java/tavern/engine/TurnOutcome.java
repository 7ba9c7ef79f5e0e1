package tavern.engine;

import org.jspecify.annotations.Nullable;
import tavern.game.RefusedException;
import tavern.protocol.v1.ErrorCode;

/** What came of a turn. */
public sealed interface TurnOutcome {
    /** It is durable. */
    record Committed(long revision) implements TurnOutcome {}

    /** Nothing of it had to be durable. */
    record Unchanged() implements TurnOutcome {}

    /**
     * Nothing of it happened.
     *
     * @param byStore not by the game, nor because goods were found to be missing here
     */
    record Refused(ErrorCode code, String text, boolean byStore) implements TurnOutcome {}

    /** An exception ended it. */
    record Failed(Throwable failure) implements TurnOutcome {}

    /**
     * Of a turn that did not fail.
     *
     * @param commit null for none
     */
    static TurnOutcome of(@Nullable Commit commit) {
        return commit == null ? new Unchanged() : new Committed(commit.revision());
    }

    static TurnOutcome of(Throwable failure) {
        return failure instanceof RefusedException refusal
                ? new Refused(refusal.code(), MessageInput.text(refusal), false)
                : new Failed(failure);
    }
}
