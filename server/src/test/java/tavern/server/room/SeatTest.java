package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tavern.game.Player;
import tavern.game.PlayerId;

/** P-60: the rate decides how often a player moves, and never which move it is. */
final class SeatTest {
    private final MoveSlot moves = new MoveSlot(new DirtyFlag());
    private final List<Integer> made = new ArrayList<>();
    private final Seat seat = new Seat(
            new Silent(new Player(new PlayerId(1), "ann")),
            moves,
            new TokenBucket(2, 0),
            (which, seq, x, y) -> made.add(seq));

    @Test
    void aMoveThatComesTooSoonWaitsAndANewerOneTakesItsPlace() {
        for (int seq = 1; seq <= 4; seq++) {
            moves.put(seq, seq, 0);
            assertThat(seat.takeMove(0)).isTrue();
        }
        moves.put(5, 5, 0);
        assertThat(seat.takeMove(0)).isFalse();
        moves.put(6, 6, 0);
        assertThat(seat.takeMove(499)).isFalse();
        assertThat(made).containsExactly(1, 2, 3, 4);
        assertThat(seat.takeMove(500)).isTrue();
        assertThat(made).containsExactly(1, 2, 3, 4, 6);
    }

    @Test
    void whoDoesNotMoveUsesNothingUp() {
        for (int tick = 0; tick < 10; tick++) {
            assertThat(seat.takeMove(0)).isTrue();
        }
        moves.put(1, 1, 0);
        assertThat(seat.takeMove(0)).isTrue();
        assertThat(made).containsExactly(1);
    }

    @Test
    void theLastMoveOfAConnectionDoesNotWait() {
        for (int seq = 1; seq <= 4; seq++) {
            moves.put(seq, seq, 0);
            seat.takeMove(0);
        }
        moves.put(5, 5, 0);
        seat.takeLastMove();
        assertThat(made).containsExactly(1, 2, 3, 4, 5);
    }
}
