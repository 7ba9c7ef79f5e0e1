package tavern.engine;

import com.google.protobuf.MessageLite;
import tavern.engine.kept.KeptCall;
import tavern.engine.recorded.RecordedAnswer;
import tavern.engine.recorded.RecordedTurn;
import tavern.game.Reply;

/**
 * A service has answered a call of this room, or will not.
 *
 * @param tellsGame not when it is dropped
 */
record AnswerInput(long number, Reply reply, boolean tellsGame, RoomAnswers retries, long nowMillis)
        implements TurnInput {
    AnswerInput at(long laterMillis) {
        return new AnswerInput(number, reply, tellsGame, retries, laterMillis);
    }

    @Override
    public int bytes() {
        return reply instanceof Reply.Ok ok ? ok.body().size() : 0;
    }

    @Override
    public boolean isVoid(RoomState base) {
        return base.call(number) == null;
    }

    @Override
    public MessageLite play(GameCalls<?, ?, ?> game, RoomState base, TurnContext turn) {
        KeptCall call = base.call(number);
        turn.draft().answered(number);
        return call == null || !tellsGame ? base.game() : game.answered(base.game(), call.getCall(), reply, turn);
    }

    @Override
    public Failing failed(Throwable failure, long failedMillis) {
        String name = "the answer to call " + number;
        if (!tellsGame || retries.failed(this, failedMillis)) {
            return Failing.logged(name, failure);
        }
        return Failing.logged(
                        name + ", which is dropped after " + EngineLimits.ANSWER_FAILURES_MAX + " failures", failure)
                .instead(new AnswerInput(number, reply, false, retries, nowMillis));
    }

    @Override
    public void ended() {
        retries.ended(number);
    }

    @Override
    public void record(RecordedTurn.Builder turn) {
        RecordedAnswer.Builder answer =
                turn.getAnsweredBuilder().setNumber(number).setUntold(!tellsGame);
        if (reply instanceof Reply.Ok ok) {
            answer.setDone(ok.body());
        } else if (reply instanceof Reply.Failed failed) {
            answer.getFailedBuilder().setCause(failed.cause().name()).setText(failed.text());
        }
    }
}
