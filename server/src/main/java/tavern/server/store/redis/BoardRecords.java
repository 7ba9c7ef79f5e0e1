package tavern.server.store.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.server.store.LeaderboardPage;
import tavern.server.store.Score;

/**
 * Leaderboards as sorted sets. Their scores are the points with the other sign, so that the best come first and equals come by
 * their ids, which are padded with zeros for it.
 */
final class BoardRecords {
    private final RedisExecutor calls;
    private final Keys keys;

    BoardRecords(RedisExecutor calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    static String member(PlayerId player) {
        return String.format(Locale.ROOT, "%019d", player.value());
    }

    static void append(ScriptArguments request, Score score) {
        request.add(score.board())
                .add(member(score.player()))
                .add(score.points())
                .add(score.ranking().name());
    }

    CompletionStage<LeaderboardPage> page(String board, int after, int max) {
        return read(board, after, "", max);
    }

    CompletionStage<LeaderboardPage> around(String board, PlayerId player, int max) {
        return read(board, 0, member(player), max);
    }

    private CompletionStage<LeaderboardPage> read(String board, int after, String around, int max) {
        ScriptArguments request = ScriptArguments.of(keys.board() + board)
                .add(after)
                .add(around)
                .add(max)
                .add(keys.players());
        return calls.run(Script.LEADERBOARD, request, reply -> {
            List<LeaderboardPage.Row> rows = new ArrayList<>();
            long rank = reply.number(1);
            for (int i = 2; i < reply.size(); i += 3) {
                rank++;
                PlayerId id = new PlayerId(Decimal.parse(reply.text(i).replaceFirst("^0+", "")));
                long points = -Decimal.parse(reply.text(i + 1));
                rows.add(new LeaderboardPage.Row(rank, new Player(id, reply.text(i + 2)), points));
            }
            return new LeaderboardPage(reply.number(0), rows);
        });
    }
}
