package tavern.server.games.sample;

import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import java.util.concurrent.atomic.AtomicLong;
import tavern.game.Game;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.Turn;
import tavern.game.Viewer;

/** Counts what is said in all rooms together, in a static field, as rules must not. */
public final class StaticCountGame implements Game<Int64Value, StringValue, Int64Value> {
    private static final AtomicLong SAID = new AtomicLong();

    @Override
    public Int64Value open(Opening opening) {
        return Int64Value.getDefaultInstance();
    }

    @Override
    public Int64Value on(Int64Value state, Player from, StringValue message, Turn<Int64Value> turn) {
        return Int64Value.of(SAID.incrementAndGet());
    }

    @Override
    public Int64Value view(Int64Value state, Viewer viewer) {
        return state;
    }
}
