package tavern.server.session;

import java.util.concurrent.CompletionStage;
import tavern.game.Names;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.GetLeaderboard;
import tavern.protocol.v1.Leaderboard;
import tavern.protocol.v1.LeaderboardEntry;
import tavern.protocol.v1.ServerMessage;
import tavern.server.store.GameStore;
import tavern.server.store.LeaderboardPage;

/** P-87: what players see of leaderboards. Safe on any thread. */
final class Leaderboards {
    private static final int PAGE_MAX = 50;

    private final GameStore store;

    Leaderboards(GameStore store) {
        this.store = store;
    }

    /** @throws BadRequestException when it cannot be asked like this */
    CompletionStage<ServerMessage> read(int seq, GetLeaderboard request, PlayerId asking) throws BadRequestException {
        String board = request.getBoard();
        // No further than to what a key in the store may have; a board that does not exist is an empty one.
        if (!Names.isAccountName(board) || board.indexOf('.') < 0) {
            throw new BadRequestException(
                    ErrorCode.BAD_NAME, "a leaderboard is named by its game, a dot, and its own name");
        }
        boolean isRanked = request.getAfterRank() != 0;
        if (isRanked && request.getAroundMe()) {
            throw new BadRequestException(ErrorCode.BAD_VALUE, "after_rank and around_me exclude each other");
        }
        int limit = Integer.compareUnsigned(request.getLimit() - 1, PAGE_MAX) < 0 ? request.getLimit() : PAGE_MAX;
        int after = request.getAfterRank() < 0 ? Integer.MAX_VALUE : request.getAfterRank();
        CompletionStage<LeaderboardPage> page = request.getAroundMe()
                ? store.leaderboardAround(board, asking, limit)
                : store.leaderboard(board, after, limit);
        return page.thenApply(read -> answer(seq, board, read));
    }

    private static ServerMessage answer(int seq, String board, LeaderboardPage page) {
        Leaderboard.Builder answer = Leaderboard.newBuilder().setBoard(board).setPlayers((int) page.players());
        for (LeaderboardPage.Row row : page.rows()) {
            answer.addEntries(LeaderboardEntry.newBuilder()
                    .setRank((int) row.rank())
                    .setPlayerId(row.player().id().value())
                    .setPlayer(row.player().name())
                    .setPoints(row.points()));
        }
        return ServerMessage.newBuilder().setReplyTo(seq).setLeaderboard(answer).build();
    }
}
