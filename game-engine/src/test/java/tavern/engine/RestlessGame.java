package tavern.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import java.util.function.BiConsumer;
import tavern.game.GameType;
import tavern.game.Later;
import tavern.game.Moving;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.Scene;
import tavern.game.Turn;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;

/** A game whose ticks the test writes. A turn that a tick begins adds a word to the state, refuses, or fails. */
final class RestlessGame implements Moving<StringValue, StringValue, StringValue> {
    BiConsumer<Scene, Later<StringValue>> tick = (scene, later) -> {};
    String seen = "";
    long seenNow;

    GameType<StringValue, StringValue, StringValue> type() {
        return GameType.of("restless", this, StringValue.parser(), StringValue.parser());
    }

    @Override
    public StringValue open(Opening opening) {
        return StringValue.getDefaultInstance();
    }

    @Override
    public StringValue on(StringValue state, Player from, StringValue message, Turn<StringValue> turn) {
        return add(state, message.getValue());
    }

    @Override
    public void tick(StringValue state, Scene scene, Later<StringValue> later, long now) {
        seen = state.getValue();
        seenNow = now;
        tick.accept(scene, later);
    }

    @Override
    public boolean mayMove(StringValue state, Scene scene, int entity, int x, int y) {
        return x < 100;
    }

    @Override
    public StringValue later(StringValue state, ByteString what, Turn<StringValue> turn) {
        if (what.toStringUtf8().equals("throw")) {
            throw new IllegalStateException("thrown");
        }
        if (what.toStringUtf8().equals("refuse")) {
            throw turn.refuse(ErrorCode.NOT_ALLOWED, "refused");
        }
        turn.tellAll(StringValue.of("later"));
        return add(state, what.toStringUtf8());
    }

    @Override
    public StringValue view(StringValue state, Viewer viewer) {
        return state;
    }

    private static StringValue add(StringValue state, String word) {
        return StringValue.of(state.getValue() + word);
    }
}
