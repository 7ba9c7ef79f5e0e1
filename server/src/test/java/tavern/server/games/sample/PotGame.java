package tavern.server.games.sample;

import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import tavern.game.Game;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.Turn;
import tavern.game.Viewer;

/** Everybody puts in one, and sees how much there is. Its newer version says "new edition" instead of "old edition". */
public final class PotGame implements Game<Int64Value, StringValue, StringValue> {
    @Override
    public Int64Value open(Opening opening) {
        return Int64Value.of(Long.parseLong(opening.settings().getOrDefault("pot", "0")));
    }

    @Override
    public Int64Value on(Int64Value state, Player from, StringValue message, Turn<StringValue> turn) {
        Int64Value next = Int64Value.of(state.getValue() + 1);
        turn.tellAll(text(next));
        return next;
    }

    @Override
    public StringValue view(Int64Value state, Viewer viewer) {
        return text(state);
    }

    private static StringValue text(Int64Value state) {
        return StringValue.of("old edition: " + state.getValue());
    }
}
