package tavern.examples.hub;

import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import tavern.game.Game;
import tavern.game.GameType;
import tavern.game.Names;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.Reads;
import tavern.game.Turn;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;

/** Sends roses to players who may be anywhere, but not to whom has one. The state counts them. */
final class GiftGame implements Game<Int64Value, StringValue, StringValue> {
    static final GameType<Int64Value, StringValue, StringValue> TYPE =
            GameType.of("gifts", new GiftGame(), Int64Value.parser(), StringValue.parser());

    @Override
    public Int64Value open(Opening opening) {
        return Int64Value.getDefaultInstance();
    }

    @Override
    public Reads reads(Int64Value sent, Player from, StringValue to) {
        return Names.isPlayerName(to.getValue()) ? Reads.named(to.getValue()) : Reads.NONE;
    }

    @Override
    public Int64Value on(Int64Value sent, Player from, StringValue to, Turn<StringValue> turn) {
        Player friend = turn.named(to.getValue())
                .orElseThrow(() -> turn.refuse(ErrorCode.BAD_VALUE, "there is no such player"));
        if (turn.items(friend.id()).containsValue("rose")) {
            throw turn.refuse(ErrorCode.NOT_ALLOWED, friend.name() + " has a rose");
        }
        turn.take(from.id(), "gold", 5);
        turn.mint(friend.id(), "rose");
        return Int64Value.of(sent.getValue() + 1);
    }

    @Override
    public StringValue view(Int64Value sent, Viewer viewer) {
        return StringValue.of(sent.getValue() + " roses were sent");
    }
}
