package tavern.engine;

import com.google.protobuf.MessageLite;
import tavern.engine.recorded.RecordedTurn;
import tavern.game.Opening;

/** The room begins. */
record OpeningInput(KeptOptions options, long nowMillis) implements TurnInput {
    @Override
    public MessageLite play(GameCalls<?, ?, ?> game, RoomState base, TurnContext turn) {
        turn.draft().begin(options, nowMillis);
        return game.open(new Opening(turn.room(), turn.settings(), options.metadata(), turn.random(), nowMillis));
    }

    @Override
    public Failing failed(Throwable failure, long failedMillis) {
        return Failing.logged("opening the room", failure);
    }

    @Override
    public void record(RecordedTurn.Builder turn) {
        turn.getOpeningBuilder().setUnlisted(options.unlisted()).putAllMetadata(options.metadata());
    }
}
