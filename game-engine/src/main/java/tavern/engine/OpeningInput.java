package tavern.engine;

import com.google.protobuf.MessageLite;
import java.util.Map;
import tavern.game.Opening;

/** The room begins. */
record OpeningInput(Map<String, String> metadata, long nowMillis) implements TurnInput {
    @Override
    public MessageLite play(GameCalls<?, ?, ?> game, RoomState base, TurnContext turn) {
        turn.draft().begin();
        return game.open(new Opening(turn.room(), turn.settings(), metadata, turn.random(), nowMillis));
    }

    @Override
    public Failing failed(Throwable failure, long failedMillis) {
        return Failing.logged("opening the room", failure);
    }
}
