package tavern.testkit;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import tavern.engine.Commit;
import tavern.protocol.v1.ErrorCode;

/** A model of the store: carries out commits one after another, and what it answers can be late or lost. */
final class KitStore {
    /** @param refusal null if it was carried out; otherwise there is a code */
    record Decision(Commit commit, @Nullable String refusal, ErrorCode code) {
        static Decision carriedOut(Commit commit) {
            return new Decision(commit, null, ErrorCode.UNRECOGNIZED);
        }
    }

    private final KitLedger ledger = new KitLedger();
    private final KitBoards boards = new KitBoards();
    private final Deque<Commit> arriving = new ArrayDeque<>();
    private final Deque<Decision> answers = new ArrayDeque<>();
    private long revision;
    private ByteString room = ByteString.EMPTY;
    private int refusesNext;

    KitLedger ledger() {
        return ledger;
    }

    KitBoards boards() {
        return boards;
    }

    /** 0 if the room was never there. */
    long revision() {
        return revision;
    }

    ByteString room() {
        return room;
    }

    void submit(Commit commit) {
        arriving.add(commit);
    }

    boolean isIdle() {
        return arriving.isEmpty() && answers.isEmpty();
    }

    /** The next commit that needs goods or values is refused; for others there can be no reason. */
    void refuseNext() {
        refusesNext++;
    }

    /** Carries out the oldest commit that has not been. Returns whether there was one. */
    boolean carryOutNext() {
        Commit commit = arriving.poll();
        if (commit == null) {
            return false;
        }
        if (commit.revision() == revision) {
            answers.add(Decision.carriedOut(commit));
        } else if (commit.follows() == revision) {
            String refusal = ledger.refusal(commit);
            ErrorCode code = ErrorCode.TRADE_INSUFFICIENT;
            if (refusal == null) {
                refusal = ledger.outdated(commit);
                code = commit.seen().isEmpty() ? code : ErrorCode.UNAVAILABLE;
            }
            boolean mayBeRefused = !commit.transfers().isEmpty()
                    || !commit.values().isEmpty()
                    || !commit.seen().isEmpty();
            if (mayBeRefused && refusesNext > 0) {
                refusesNext--;
                refusal = "the test refuses it";
            }
            if (refusal == null) {
                ledger.apply(commit);
                boards.apply(commit);
                revision = commit.revision();
                room = commit.room();
            }
            answers.add(new Decision(commit, refusal, code));
        }
        // One that follows another revision was computed on what was refused, or is known: nobody waits for it.
        return true;
    }

    @Nullable
    Decision takeAnswer() {
        return answers.poll();
    }

    /** The connection is lost: nothing of what is under way is answered, and what has not been carried out never is. */
    void loseAll() {
        arriving.clear();
        answers.clear();
    }
}
