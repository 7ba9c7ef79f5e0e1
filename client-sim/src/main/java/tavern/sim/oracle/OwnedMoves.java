package tavern.sim.oracle;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.LongPredicate;

/**
 * The moves in one room, apart for each owner that it has had. A room begins anew when it comes to another server (P-27),
 * and for a while some may still be at the old one, which shows them what it knows: nobody there hears of moves at the new
 * one, or the other way round.
 */
public final class OwnedMoves {
    private final int members;
    private final Tally tally;
    private final Map<Long, MoveOracle> byFence = new HashMap<>();

    public OwnedMoves(int members, Tally tally) {
        this.members = members;
        this.tally = tally;
    }

    /**
     * What is known of the moves under an owner.
     *
     * @param fence the owner's fencing token
     * @param isInUse whether a member is under the owner with this token; moves under others are counted when there is a
     *     new owner, and forgotten
     */
    public MoveOracle under(long fence, LongPredicate isInUse) {
        MoveOracle known = byFence.get(fence);
        if (known == null) {
            byFence.entrySet().removeIf(owned -> {
                boolean isOver = !isInUse.test(owned.getKey());
                if (isOver) {
                    finish(owned.getValue(), member -> false);
                }
                return isOver;
            });
            known = new MoveOracle(members, tally);
            byFence.put(fence, known);
        }
        return known;
    }

    /** Counts what is left at the end of the run. */
    public void finish(Stayers stayers) {
        byFence.forEach((fence, moves) -> finish(moves, member -> stayers.isThere(member, fence)));
    }

    private void finish(MoveOracle moves, IntPredicate isPresent) {
        for (int member = 0; member < members; member++) {
            moves.finish(member, isPresent.test(member));
        }
    }

    /** Who is connected at the end, so that the last move counts. */
    @FunctionalInterface
    public interface Stayers {
        boolean isThere(int member, long fence);
    }
}
