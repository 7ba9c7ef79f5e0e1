package tavern.engine;

import com.google.protobuf.MessageLite;
import tavern.engine.kept.KeptTimer;
import tavern.engine.recorded.RecordedTurn;

/**
 * A timer has run out.
 *
 * @param atMillis when it was to do so
 */
record TimerInput(String timer, long atMillis, RoomTimers timers, long nowMillis) implements TurnInput {
    @Override
    public boolean isVoid(RoomState base) {
        // It may have been stopped, or set again, by a turn that was computed after it ran out.
        KeptTimer set = base.timer(timer);
        return set == null || set.getAtMs() > nowMillis;
    }

    @Override
    public MessageLite play(GameCalls<?, ?, ?> game, RoomState base, TurnContext turn) {
        turn.draft().stop(timer);
        return game.due(base.game(), timer, turn);
    }

    @Override
    public Failing failed(Throwable failure, long failedMillis) {
        timers.failed(timer, atMillis, failedMillis);
        return Failing.logged("timer " + timer, failure);
    }

    @Override
    public void ended() {
        timers.ended(timer);
    }

    @Override
    public void record(RecordedTurn.Builder turn) {
        turn.getTimerBuilder().setName(timer).setAtMs(atMillis);
    }
}
