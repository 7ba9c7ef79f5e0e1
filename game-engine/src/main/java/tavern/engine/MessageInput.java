package tavern.engine;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.util.List;
import tavern.engine.recorded.RecordedTurn;
import tavern.game.PlayerId;
import tavern.game.RefusedException;
import tavern.protocol.v1.ErrorCode;

/**
 * A player says something.
 *
 * @param request 0 for none
 * @param bytes of the message as it came
 */
record MessageInput(PlayerId who, int seq, long request, MessageLite message, int bytes, long nowMillis)
        implements TurnInput {
    @Override
    public MessageLite play(GameCalls<?, ?, ?> game, RoomState base, TurnContext turn) {
        Present.Member member = base.present().find(who);
        if (member == null) {
            throw new RefusedException(ErrorCode.NOT_ALLOWED, "only who takes part in the game can act");
        }
        if (request != 0) {
            if (request <= base.newestRequest(who)) {
                return base.game();
            }
            turn.draft().remember(who, request);
        }
        return game.on(base.game(), member.player(), message, turn);
    }

    @Override
    public TurnInput readBy(GameCalls<?, ?, ?> other) throws InvalidProtocolBufferException {
        return new MessageInput(who, seq, request, other.parseMessage(message.toByteString()), bytes, nowMillis);
    }

    @Override
    public List<Output> answers() {
        return List.of(new Output.Done(who, seq));
    }

    @Override
    public Failing failed(Throwable failure, long failedMillis) {
        return Failing.answered(
                failure instanceof RefusedException refusal
                        ? new Output.Refused(who, seq, refusal.code(), text(refusal))
                        : new Output.Broken(who, seq, failure));
    }

    static String text(RefusedException refusal) {
        String text = refusal.getMessage();
        return text == null ? "" : text;
    }

    @Override
    public void record(RecordedTurn.Builder turn) {
        turn.getSaidBuilder()
                .setPlayer(who.value())
                .setSeq(seq)
                .setRequest(request)
                .setMessage(message.toByteString());
    }
}
