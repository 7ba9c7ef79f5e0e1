package tavern.fuzz;

import com.google.protobuf.Int64Value;
import tavern.game.Game;
import tavern.game.GameType;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.Turn;
import tavern.game.Viewer;

/** The smallest game that uses chance, timers and mints: players add numbers. */
final class SumGame implements Game<Int64Value, Int64Value, Int64Value> {
    static final GameType<Int64Value, Int64Value, Int64Value> TYPE =
            GameType.of("sum", new SumGame(), Int64Value.parser(), Int64Value.parser());

    @Override
    public Int64Value open(Opening opening) {
        return Int64Value.of(0);
    }

    @Override
    public Int64Value on(Int64Value state, Player from, Int64Value message, Turn<Int64Value> turn) {
        long sum = state.getValue() + message.getValue() + turn.random().nextInt(3);
        turn.timer("round", turn.now() + 1_000);
        turn.tellAll(Int64Value.of(sum));
        return Int64Value.of(sum);
    }

    @Override
    public Int64Value due(Int64Value state, String timer, Turn<Int64Value> turn) {
        return Int64Value.of(-state.getValue());
    }

    @Override
    public Int64Value view(Int64Value state, Viewer viewer) {
        return state;
    }
}
