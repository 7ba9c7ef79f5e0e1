package tavern.engine;

import com.google.protobuf.MessageLite;
import java.util.List;
import tavern.engine.recorded.RecordedTurn;
import tavern.game.PlayerId;
import tavern.game.RefusedException;
import tavern.protocol.v1.ErrorCode;

/** A player has come in. */
record JoinedInput(Present.Member member, long nowMillis) implements TurnInput {
    @Override
    public PlayerId who() {
        return member.player().id();
    }

    @Override
    public MessageLite play(GameCalls<?, ?, ?> game, RoomState base, TurnContext turn) {
        // Whose leaving could not be kept is still there.
        turn.draft().goes(member.player().id());
        turn.draft().comes(member);
        return game.joined(base.game(), member.player(), turn);
    }

    @Override
    public Failing failed(Throwable failure, long failedMillis) {
        PlayerId who = member.player().id();
        if (failure instanceof RefusedException refusal) {
            return Failing.answered(new Output.PutOut(who, refusal.code(), MessageInput.text(refusal)));
        }
        return new Failing(
                List.of(new Output.Failed("joined, for player " + who, failure)),
                List.of(new Output.PutOut(who, ErrorCode.INTERNAL, "the game could not let you in")),
                null);
    }

    @Override
    public void record(RecordedTurn.Builder turn) {
        turn.getJoinedBuilder()
                .setPlayer(member.player().id().value())
                .setName(member.player().name());
    }
}
