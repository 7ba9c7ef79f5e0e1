package tavern.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import tavern.engine.recorded.RecordedTurn;
import tavern.game.RefusedException;

/** A turn that a tick has begun. */
record LaterInput(ByteString what, TickContext ticks, long nowMillis) implements TurnInput {
    @Override
    public int bytes() {
        return what.size();
    }

    @Override
    public MessageLite play(GameCalls<?, ?, ?> game, RoomState base, TurnContext turn) {
        return game.later(base.game(), what, turn);
    }

    @Override
    public Failing failed(Throwable failure, long failedMillis) {
        // Nobody has asked for it, so nobody is answered; and that goods are gone by now is not a fault.
        return failure instanceof RefusedException
                ? Failing.NOTHING
                : Failing.logged("a turn that a tick has begun", failure);
    }

    @Override
    public void ended() {
        ticks.turnEnded(what);
    }

    @Override
    public void record(RecordedTurn.Builder turn) {
        turn.setLater(what);
    }
}
