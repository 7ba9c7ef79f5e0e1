package tavern.sim.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnedMovesTest {
    private static final long OLD = 7;
    private static final long NEW = 8;
    private static final int MOVER = 0;
    private static final int NEAR = 1;
    private static final int FAR = 2;

    private final Tally tally = new Tally();
    private final OwnedMoves moves = new OwnedMoves(3, tally);
    private final Set<Long> used = new HashSet<>(Set.of(OLD, NEW));

    private MoveOracle under(long fence) {
        return moves.under(fence, used::contains);
    }

    private void see(long fence, int member, int seq) {
        under(fence).seen(member, under(fence).log(MOVER), seq - 1, seq, 10, 20, 0);
    }

    private void finishUnder(long fence) {
        moves.finish((member, owner) -> owner == fence);
    }

    /** The server that was cut off has just heard that the mover is elsewhere, and not yet that the room is. */
    @Test
    void whoIsStillUnderTheOldOwnerNeedNotSeeMovesUnderTheNewOne() {
        under(OLD).watch(MOVER);
        under(OLD).watch(FAR);
        under(OLD).left(under(OLD).log(MOVER));
        under(OLD).unwatch(MOVER);
        under(NEW).watch(MOVER);
        under(NEW).watch(NEAR);
        under(NEW).sent(MOVER, 5, 10, 20, 0);
        see(NEW, NEAR, 5);
        assertThat(under(NEW).isRestSeen(MOVER)).isTrue();
        finishUnder(NEW);
        expect(1, 1, 0);
    }

    @Test
    void whoHearsOfADepartureFromTheOldOwnerExcusesNobodyUnderTheNewOne() {
        under(OLD).watch(FAR);
        under(NEW).watch(MOVER);
        under(NEW).watch(NEAR);
        under(NEW).sent(MOVER, 5, 10, 20, 0);
        under(OLD).left(under(OLD).log(MOVER));
        finishUnder(NEW);
        expect(1, 0, 1);
    }

    @Test
    void whatWasLostUnderAnOwnerWhomAllHaveLeftStillCounts() {
        under(OLD).watch(MOVER);
        under(OLD).watch(NEAR);
        under(OLD).watch(FAR);
        under(OLD).sent(MOVER, 5, 10, 20, 0);
        see(OLD, NEAR, 5);
        used.remove(OLD);
        under(NEW);
        expect(2, 1, 1);
        finishUnder(NEW);
        expect(2, 1, 1);
    }

    private void expect(long expected, long seen, long lost) {
        assertThat(tally.get(Count.MOVES_EXPECTED)).isEqualTo(expected);
        assertThat(tally.get(Count.MOVES_SEEN)).isEqualTo(seen);
        assertThat(tally.get(Count.MOVES_LOST)).isEqualTo(lost);
    }
}
