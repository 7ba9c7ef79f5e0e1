package tavern.testkit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tavern.engine.Commit;
import tavern.game.Board;
import tavern.game.PlayerId;

/** The leaderboards as the store has them. */
final class KitBoards {
    private final Map<String, Map<PlayerId, Long>> boards = new HashMap<>();

    void apply(Commit commit) {
        for (Commit.Score score : commit.scores()) {
            boards.computeIfAbsent(score.board().name(), unknown -> new HashMap<>())
                    .merge(
                            score.who(),
                            score.points(),
                            (before, points) -> score.board().ranking().after(before, points));
        }
    }

    /** Best first. */
    List<Map.Entry<PlayerId, Long>> board(String name) {
        List<Map.Entry<PlayerId, Long>> ranked =
                new ArrayList<>(boards.getOrDefault(name, Map.of()).entrySet());
        ranked.sort(Map.Entry.<PlayerId, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()));
        return ranked.subList(0, Math.min(ranked.size(), Board.PLAYERS_MAX));
    }
}
