package tavern.engine;

import com.google.protobuf.MessageLite;
import tavern.engine.recorded.RecordedTurn;
import tavern.game.Player;
import tavern.game.PlayerId;

/** A player's connection is lost, or there is another one. */
record ConnectionInput(PlayerId who, boolean isBack, long nowMillis) implements TurnInput {
    @Override
    public boolean isVoid(RoomState base) {
        return base.present().find(who) == null;
    }

    @Override
    public MessageLite play(GameCalls<?, ?, ?> game, RoomState base, TurnContext turn) {
        Present.Member member = base.present().find(who);
        if (member == null) {
            return base.game();
        }
        Player player = member.player();
        return isBack ? game.returned(base.game(), player, turn) : game.dropped(base.game(), player, turn);
    }

    @Override
    public Failing failed(Throwable failure, long failedMillis) {
        return Failing.logged((isBack ? "returned" : "dropped") + ", for player " + who, failure);
    }

    @Override
    public void record(RecordedTurn.Builder turn) {
        if (isBack) {
            turn.setReturned(who.value());
        } else {
            turn.setDropped(who.value());
        }
    }
}
