package tavern.engine;

import com.google.protobuf.MessageLite;
import tavern.engine.recorded.RecordedTurn;
import tavern.game.Player;
import tavern.game.PlayerId;

/**
 * A player is gone for good.
 *
 * @param tellsGame not after the game failed to cope with it: then he is gone all the same
 */
record LeftInput(PlayerId who, boolean tellsGame, long nowMillis) implements TurnInput {
    @Override
    public boolean isVoid(RoomState base) {
        return base.member(who) == null;
    }

    @Override
    public MessageLite play(GameCalls<?, ?, ?> game, RoomState base, TurnContext turn) {
        Player player = base.member(who);
        turn.draft().goes(who);
        return player == null || !tellsGame ? base.game() : game.left(base.game(), player, turn);
    }

    @Override
    public Failing failed(Throwable failure, long failedMillis) {
        Failing failing = Failing.logged("left, for player " + who, failure);
        return tellsGame ? failing.instead(new LeftInput(who, false, nowMillis)) : failing;
    }

    @Override
    public void record(RecordedTurn.Builder turn) {
        turn.getLeftBuilder().setPlayer(who.value()).setUntold(!tellsGame);
    }
}
