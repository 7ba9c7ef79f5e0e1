package tavern.engine;

import com.google.protobuf.MessageLite;
import tavern.engine.recorded.RecordedTurn;

/** A signal of this room is durable in the other. */
record ArrivalInput(long number, long nowMillis) implements TurnInput {
    @Override
    public boolean isVoid(RoomState base) {
        return !base.hasSent(number);
    }

    @Override
    public MessageLite play(GameCalls<?, ?, ?> game, RoomState base, TurnContext turn) {
        turn.draft().arrived(number);
        return base.game();
    }

    @Override
    public Failing failed(Throwable failure, long failedMillis) {
        return Failing.logged("forgetting signal " + number + ", which has arrived", failure);
    }

    @Override
    public void record(RecordedTurn.Builder turn) {
        turn.setArrived(number);
    }
}
