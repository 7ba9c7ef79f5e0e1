package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A map of 10 by 5 cells, of which the last row is cut short: a cell has 80 steps, its margin 10. */
final class GridTest {
    private static final int CELL = 80;

    private final Grid grid = new Grid(10 * CELL, 4 * CELL + 1, CELL);

    @ParameterizedTest
    @CsvSource({"0,0,0", "79,79,0", "80,0,1", "799,0,9", "800,0,9", "0,80,10", "800,321,49"})
    void eachPlaceOfTheMapIsInACell(int x, int y, int cell) {
        assertThat(grid.cellAt(x, y)).isEqualTo(cell);
    }

    @ParameterizedTest
    @CsvSource({"-1,-1,0", "100000,-7,9", "-2147483648,2147483647,40"})
    void soIsWhatRulesOfAGameMayPutBesideIt(int x, int y, int cell) {
        assertThat(grid.cellAt(x, y)).isEqualTo(cell);
    }

    @Test
    void aCellIsLeftOnlyPastItsMargin() {
        int home = grid.cellAt(120, 120);
        assertThat(grid.cellAt(169, 120, home)).isEqualTo(home);
        assertThat(grid.cellAt(170, 120, home)).isEqualTo(home + 1);
        assertThat(grid.cellAt(70, 120, home)).isEqualTo(home);
        assertThat(grid.cellAt(69, 120, home)).isEqualTo(home - 1);
        assertThat(grid.cellAt(120, 169, home)).isEqualTo(home);
        assertThat(grid.cellAt(120, 170, home)).isEqualTo(home + 10);
    }

    @Test
    void eachAxisHasItsOwnMargin() {
        int home = grid.cellAt(120, 120);
        assertThat(grid.cellAt(175, 165, home)).isEqualTo(home + 1);
    }

    @Test
    void whoWalksAlongABorderChangesCellsOnce() {
        int cell = grid.cellAt(0, 0);
        int changes = 0;
        for (int step = 0; step < 1_000; step++) {
            int next = grid.cellAt(CELL - 9 + step % 19, 40, cell);
            changes += next == cell ? 0 : 1;
            cell = next;
        }
        assertThat(changes).isZero();
        assertThat(grid.cellAt(CELL + 10, 40, cell)).isEqualTo(1);
    }

    @Test
    void aLeapEndsInTheCellItLeadsTo() {
        assertThat(grid.cellAt(799, 320, grid.cellAt(0, 0))).isEqualTo(49);
    }

    @Test
    void theViewIsTheCellAndThoseAroundItOnTheMap() {
        assertThat(view(0)).containsExactly(0, 1, 10, 11);
        assertThat(view(15)).containsExactly(4, 5, 6, 14, 15, 16, 24, 25, 26);
        assertThat(view(49)).containsExactly(38, 39, 48, 49);
    }

    @Test
    void whoIsSeenSeesBackAndTheViewHoldsThemAll() {
        for (int one = 0; one < grid.cells(); one++) {
            for (int other = 0; other < grid.cells(); other++) {
                assertThat(grid.sees(one, other)).isEqualTo(grid.sees(other, one));
                int cell = other;
                assertThat(view(one).stream().anyMatch(each -> each == cell))
                        .as("%d in view of %d", other, one)
                        .isEqualTo(grid.sees(one, other));
            }
        }
    }

    @Test
    void membersComeAndGoInAnyOrder() {
        for (int id = 1; id <= 100; id++) {
            grid.enter(id, id % 3);
        }
        for (int id = 3; id <= 99; id += 6) {
            grid.leave(id);
            grid.enter(id, 1);
        }
        grid.leave(6);
        Ids inside = new Ids();
        grid.addMembers(0, inside);
        assertThat(inside.size()).isEqualTo(15);
        inside.clear();
        grid.addMembers(1, inside);
        inside.sort();
        assertThat(inside.size()).isEqualTo(34 + 17);
        assertThat(inside.get(0)).isEqualTo(1);
        assertThat(inside.get(1)).isEqualTo(3);
    }

    private List<Integer> view(int cell) {
        int[] cells = new int[9];
        int count = grid.viewOf(cell, cells);
        return Arrays.stream(cells, 0, count).boxed().toList();
    }
}
