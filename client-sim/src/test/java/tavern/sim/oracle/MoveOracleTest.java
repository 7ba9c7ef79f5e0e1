package tavern.sim.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MoveOracleTest {
    private static final int MOVER = 0;
    private static final int NEAR = 1;
    private static final int FAR = 2;

    private final Tally tally = new Tally();
    private final MoveOracle moves = new MoveOracle(3, tally);

    @BeforeEach
    void allWatch() {
        moves.watch(MOVER);
        moves.watch(NEAR);
        moves.watch(FAR);
    }

    @Test
    void aMoveThatAllSawIsExpectedOnceForEachOther() {
        moves.sent(MOVER, 5, 10, 20, 1_000);
        assertThat(see(NEAR, 0, 5, 10, 20)).isEqualTo(500);
        assertThat(moves.isRestSeen(MOVER)).isFalse();
        see(FAR, 0, 5, 10, 20);
        assertThat(moves.isRestSeen(MOVER)).isTrue();
        finish();
        expect(2, 2, 0);
    }

    @Test
    void aMoveThatNobodySawWasReplacedByTheNext() {
        moves.sent(MOVER, 5, 10, 20, 0);
        moves.sent(MOVER, 6, 11, 21, 0);
        see(NEAR, 0, 6, 11, 21);
        see(FAR, 0, 6, 11, 21);
        finish();
        expect(2, 2, 0);
        assertThat(tally.get(Count.MOVES_COALESCED)).isEqualTo(1);
    }

    @Test
    void aMoveThatOnlyOneSawIsLostToTheOther() {
        moves.sent(MOVER, 5, 10, 20, 0);
        see(NEAR, 0, 5, 10, 20);
        moves.sent(MOVER, 6, 11, 21, 0);
        see(NEAR, 5, 6, 11, 21);
        see(FAR, 0, 6, 11, 21);
        finish();
        expect(4, 3, 1);
    }

    @Test
    void aLastMoveThatNobodySawIsLost() {
        moves.sent(MOVER, 5, 10, 20, 0);
        finish();
        expect(2, 0, 2);
    }

    @Test
    void whoWasAwayNeedNotSeeAndWhoCameLaterNeither() {
        moves.sent(MOVER, 5, 10, 20, 0);
        see(NEAR, 0, 5, 10, 20);
        moves.excuse(FAR, moves.log(MOVER), 0);
        moves.unwatch(FAR);
        moves.sent(MOVER, 6, 11, 21, 0);
        moves.watch(FAR);
        see(NEAR, 5, 6, 11, 21);
        see(FAR, 0, 6, 11, 21);
        finish();
        expect(2, 2, 0);
    }

    @Test
    void aRejectedMoveNeedNotBeSeenAndMustNotBe() {
        moves.sent(MOVER, 5, 10, 20, 0);
        moves.sent(MOVER, 6, 11, 21, 0);
        moves.rejected(MOVER, 6);
        moves.rejected(MOVER, 5);
        assertThat(moves.isRestSeen(MOVER)).isTrue();
        finish();
        expect(0, 0, 0);
        see(NEAR, 0, 5, 10, 20);
        assertThat(tally.get(Count.MOVES_FORGED)).isEqualTo(1);
    }

    @Test
    void aMoveThatWentWithTheConnectionLeavesTheOneBeforeAsTheLast() {
        moves.sent(MOVER, 5, 10, 20, 0);
        moves.sent(MOVER, 6, 11, 21, 0);
        moves.resumed(MOVER, 5);
        assertThat(moves.isRestSeen(MOVER)).isFalse();
        see(NEAR, 0, 5, 10, 20);
        see(FAR, 0, 5, 10, 20);
        assertThat(moves.isRestSeen(MOVER)).isTrue();
        see(NEAR, 5, 6, 11, 21);
        assertThat(tally.get(Count.MOVES_FORGED)).isEqualTo(1);
        finish();
        expect(2, 2, 0);
    }

    @Test
    void positionsThatNobodyAskedForAreForged() {
        see(NEAR, 0, 1, 1, 1);
        moves.sent(MOVER, 5, 10, 20, 0);
        see(NEAR, 0, 5, 10, 21);
        see(NEAR, 0, 6, 10, 20);
        assertThat(tally.get(Count.MOVES_FORGED)).isEqualTo(3);
    }

    @Test
    void anOlderMoveAfterANewerOneIsReordered() {
        moves.sent(MOVER, 5, 10, 20, 0);
        moves.sent(MOVER, 6, 11, 21, 0);
        see(NEAR, 6, 5, 10, 20);
        assertThat(tally.get(Count.MOVES_REORDERED)).isEqualTo(1);
    }

    @Test
    void theBooksOfALongWalkAreKeptInABoundedRing() {
        for (int seq = 1; seq <= 10_000; seq++) {
            moves.sent(MOVER, seq, seq, seq, 0);
            see(NEAR, seq - 1, seq, seq, seq);
            see(FAR, seq - 1, seq, seq, seq);
        }
        finish();
        expect(20_000, 20_000, 0);
    }

    /** A room with cells, in which only one of the others has the mover in view. */
    private MoveOracle withCells() {
        MoveOracle cells = new MoveOracle(3, tally);
        cells.watch(MOVER, cells.log(MOVER));
        cells.watch(NEAR, cells.log(MOVER));
        return cells;
    }

    @Test
    void inARoomOfCellsWhoHasNotTheMoverInViewNeedNotSeeIt() {
        MoveOracle cells = withCells();
        cells.sent(MOVER, 5, 10, 20, 0);
        assertThat(cells.seen(NEAR, cells.log(MOVER), 0, 5, 10, 20, 7)).isEqualTo(7);
        assertThat(cells.isRestSeen(MOVER)).isTrue();
        cells.finish(MOVER, true);
        expect(1, 1, 0);
    }

    @Test
    void inARoomOfCellsALostMoveIsMissedByWhoHasTheMoverInView() {
        MoveOracle cells = withCells();
        cells.watch(FAR, cells.log(MOVER));
        cells.sent(MOVER, 5, 10, 20, 0);
        cells.seen(NEAR, cells.log(MOVER), 0, 5, 10, 20, 7);
        cells.finish(MOVER, true);
        expect(2, 1, 1);
    }

    @Test
    void whoGetsTheMoverOutOfViewIsExcusedAndWhoGetsItIntoViewSeesWhatComesAfter() {
        MoveOracle cells = withCells();
        cells.sent(MOVER, 5, 10, 20, 0);
        cells.excuse(NEAR, cells.log(MOVER), 0);
        cells.unwatch(NEAR, cells.log(MOVER));
        cells.watch(FAR, cells.log(MOVER));
        assertThat(cells.seen(FAR, cells.log(MOVER), 5, 5, 10, 20, 7)).isEqualTo(-1);
        cells.sent(MOVER, 6, 11, 20, 0);
        assertThat(cells.seen(FAR, cells.log(MOVER), 5, 6, 11, 20, 7)).isEqualTo(7);
        cells.finish(MOVER, true);
        expect(1, 1, 0);
    }

    private long see(int member, int seqBefore, int seq, int x, int y) {
        return moves.seen(member, moves.log(MOVER), seqBefore, seq, x, y, 1_500);
    }

    private void finish() {
        moves.finish(MOVER, true);
    }

    private void expect(long expected, long seen, long lost) {
        assertThat(tally.get(Count.MOVES_EXPECTED)).isEqualTo(expected);
        assertThat(tally.get(Count.MOVES_SEEN)).isEqualTo(seen);
        assertThat(tally.get(Count.MOVES_LOST)).isEqualTo(lost);
    }
}
