package tavern.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import tavern.engine.recorded.RecordedTurn;
import tavern.game.RoomId;

/**
 * Another room has sent something.
 *
 * @param tellsGame not when it is dropped
 */
record SignalInput(RoomId from, long number, ByteString what, boolean tellsGame, SignalLanes lanes, long nowMillis)
        implements TurnInput {
    SignalInput at(long laterMillis) {
        return new SignalInput(from, number, what, tellsGame, lanes, laterMillis);
    }

    @Override
    public int bytes() {
        return what.size();
    }

    @Override
    public boolean isHeldBack() {
        return tellsGame && lanes.holdsBack(this);
    }

    @Override
    public boolean isVoid(RoomState base) {
        return number <= base.newestSignal(from);
    }

    @Override
    public MessageLite play(GameCalls<?, ?, ?> game, RoomState base, TurnContext turn) {
        turn.draft().remember(from, number);
        return tellsGame ? game.signalled(base.game(), from, what, turn) : base.game();
    }

    @Override
    public Failing failed(Throwable failure, long failedMillis) {
        String name = "signal " + number + " of room " + from;
        if (!tellsGame || lanes.failed(this, failedMillis)) {
            return Failing.logged(name, failure);
        }
        return Failing.logged(
                        name + ", which is dropped after " + EngineLimits.SIGNAL_FAILURES_MAX + " failures", failure)
                .instead(new SignalInput(from, number, what, false, lanes, nowMillis));
    }

    @Override
    public void ended() {
        lanes.ended(this);
    }

    @Override
    public void record(RecordedTurn.Builder turn) {
        turn.getSignalledBuilder()
                .setFrom(from.name())
                .setNumber(number)
                .setWhat(what)
                .setUntold(!tellsGame);
    }
}
