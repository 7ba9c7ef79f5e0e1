package tavern.server.game.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Finds a short schedule that still fails, by leaving out ever smaller pieces for as long as that helps. */
final class Shrinker {
    private Shrinker() {}

    static <T> List<T> shrink(List<T> failing, Predicate<List<T>> fails) {
        List<T> shortest = failing;
        for (int piece = failing.size() / 2; piece > 0; piece = nextPiece(piece, shortest.size())) {
            int before = shortest.size();
            shortest = leaveOut(shortest, piece, fails);
            if (piece == 1 && shortest.size() == before) {
                break;
            }
        }
        return shortest;
    }

    /** Single steps are tried until none can be left out. */
    private static int nextPiece(int piece, int size) {
        return piece == 1 ? Math.min(1, size) : piece / 2;
    }

    private static <T> List<T> leaveOut(List<T> schedule, int piece, Predicate<List<T>> fails) {
        List<T> shortest = schedule;
        for (int start = 0; start < shortest.size(); ) {
            List<T> shorter = new ArrayList<>(shortest.subList(0, start));
            shorter.addAll(shortest.subList(Math.min(start + piece, shortest.size()), shortest.size()));
            if (fails.test(shorter)) {
                shortest = shorter;
            } else {
                start += piece;
            }
        }
        return shortest;
    }
}
