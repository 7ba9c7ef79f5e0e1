package tavern.examples.arena;

import java.util.List;
import tavern.examples.arena.v1.ArenaIn;
import tavern.examples.arena.v1.ArenaOut;
import tavern.examples.arena.v1.ArenaState;
import tavern.game.Board;
import tavern.game.GameModule;
import tavern.game.GameType;

/** What this jar has. */
public final class ArenaModule implements GameModule {
    static final GameType<ArenaState, ArenaIn, ArenaOut> ARENA = GameType.of(
                    "arena", new Arena(), ArenaState.parser(), ArenaIn.parser())
            .ranking(new Board(Fight.BOARD, Board.Ranking.SUM));

    @Override
    public List<GameType<?, ?, ?>> games() {
        return List.of(ARENA);
    }
}
