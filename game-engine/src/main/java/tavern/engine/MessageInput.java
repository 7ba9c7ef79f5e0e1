package tavern.engine;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.engine.recorded.RecordedMessage;
import tavern.engine.recorded.RecordedTurn;
import tavern.game.PlayerId;
import tavern.game.Reads;
import tavern.game.RefusedException;
import tavern.protocol.v1.ErrorCode;

/**
 * A player says something.
 *
 * @param request 0 for none
 * @param bytes of the message as it came
 * @param read null until it is known that nothing has to be read, or what was there
 * @param tries how often what was read had changed before the commit
 */
record MessageInput(
        PlayerId who,
        int seq,
        long request,
        MessageLite message,
        int bytes,
        long nowMillis,
        @Nullable ReadGoods read,
        int tries)
        implements TurnInput {
    MessageInput(PlayerId who, int seq, long request, MessageLite message, int bytes, long nowMillis) {
        this(who, seq, request, message, bytes, nowMillis, null, 0);
    }

    @Override
    public Reads reads(GameCalls<?, ?, ?> game, RoomState base) {
        Present.Member member = base.present().find(who);
        boolean isDone = request != 0 && request <= base.newestRequest(who);
        return read != null || member == null || isDone
                ? Reads.NONE
                : game.reads(base.game(), member.player(), message);
    }

    @Override
    public ReadGoods readGoods() {
        return read == null ? ReadGoods.NONE : read;
    }

    @Override
    public TurnInput with(ReadGoods goods) {
        return new MessageInput(who, seq, request, message, bytes, nowMillis, goods, tries);
    }

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
        return new MessageInput(
                who, seq, request, other.parseMessage(message.toByteString()), bytes, nowMillis, read, tries);
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

    @Override
    public Failing refusedByStore(RefusedException refusal, long refusedMillis) {
        boolean isOutdated = refusal.code() == ErrorCode.UNAVAILABLE;
        return isOutdated && read != null && tries + 1 < EngineLimits.READ_TRIES_MAX
                ? Failing.again(new MessageInput(who, seq, request, message, bytes, nowMillis, null, tries + 1))
                : failed(refusal, refusedMillis);
    }

    static String text(RefusedException refusal) {
        String text = refusal.getMessage();
        return text == null ? "" : text;
    }

    @Override
    public void record(RecordedTurn.Builder turn) {
        RecordedMessage.Builder said = turn.getSaidBuilder()
                .setPlayer(who.value())
                .setSeq(seq)
                .setRequest(request)
                .setMessage(message.toByteString())
                .setWasRead(read != null);
        if (read != null) {
            read.accounts()
                    .forEach((account, found) ->
                            said.addReadBuilder().setAccount(account.toString()).setVersion(found.version()));
            read.players()
                    .forEach((name, player) -> said.putNamed(name, player.id().value()));
        }
    }
}
