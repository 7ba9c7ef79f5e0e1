package tavern.server.ops;

import static tavern.server.operators.Right.SEE;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.game.Board;
import tavern.server.store.LeaderboardPage;
import tavern.server.store.Score;

/** The leaderboards of the games that are loaded. */
final class LeaderboardViews {
    private final OpsServices services;

    LeaderboardViews(OpsServices services) {
        this.services = services;
    }

    List<Route> routes(Field max) {
        return List.of(Route.get(
                "/api/v1/leaderboards",
                SEE,
                "The leaderboards of the loaded games; with board, the players on one, best first.",
                List.of(
                        Field.query("board", Field.Type.TEXT, "A game's name, a dot, and its name of the leaderboard."),
                        Field.queryNumber("after", 0, Board.PLAYERS_MAX, "Continue after this rank."),
                        max),
                this::view));
    }

    record BoardRow(String board, Board.Ranking ranking) {}

    record BoardRows(List<BoardRow> boards) {}

    record EntryRow(long rank, long playerId, String player, long points) {}

    /** @param players how many are on the board in all */
    record EntryRows(String board, long players, List<EntryRow> entries) {}

    /** Those of all games that are loaded. */
    static List<BoardRow> boards(OpsServices services) {
        return services.games().current().jars().stream()
                .flatMap(jar -> jar.games().stream())
                .flatMap(game -> game.boards().stream()
                        .map(board -> new BoardRow(Score.board(game.name(), board), board.ranking())))
                .sorted((one, other) -> one.board().compareTo(other.board()))
                .toList();
    }

    private CompletionStage<?> view(ApiRequest call) {
        List<BoardRow> boards = boards(services);
        String wanted = call.text("board", "");
        if (wanted.isEmpty()) {
            return CompletableFuture.completedFuture(new BoardRows(boards));
        }
        if (boards.stream().noneMatch(board -> board.board().equals(wanted))) {
            throw RequestRefusedException.notFound("no loaded game has a leaderboard " + wanted);
        }
        int max = (int) call.number("max", 50);
        return AnswerTimeout.bounded(services.store().games().leaderboard(wanted, (int) call.number("after", 0), max))
                .thenApply(page -> rows(wanted, page));
    }

    private static EntryRows rows(String board, LeaderboardPage page) {
        return new EntryRows(
                board,
                page.players(),
                page.rows().stream()
                        .map(row -> new EntryRow(
                                row.rank(),
                                row.player().id().value(),
                                row.player().name(),
                                row.points()))
                        .toList());
    }
}
