package tavern.server.room;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import tavern.game.Admission;
import tavern.game.Game;
import tavern.game.GameType;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.game.Turn;
import tavern.game.Viewer;

/** A game in one room, whose slow calls are found. */
record TimedGame<S extends MessageLite, I extends MessageLite, O extends MessageLite>(
        Game<S, I, O> game, SlowCalls slow) implements Game<S, I, O> {
    static <S extends MessageLite, I extends MessageLite, O extends MessageLite> GameType<S, I, O> of(
            GameType<S, I, O> type, SlowCalls slow) {
        return new GameType<>(
                type.name(), new TimedGame<>(type.game(), slow), type.states(), type.messages(), type.keeps());
    }

    @Override
    public S open(Opening opening) {
        return slow.time("open", () -> game.open(opening));
    }

    @Override
    public Admission admit(S state, Player who, ByteString ticket) {
        return slow.time("admit", () -> game.admit(state, who, ticket));
    }

    @Override
    public S on(S state, Player from, I message, Turn<O> turn) {
        return slow.time("on", () -> game.on(state, from, message, turn));
    }

    @Override
    public S due(S state, String timer, Turn<O> turn) {
        return slow.time("due", () -> game.due(state, timer, turn));
    }

    @Override
    public S joined(S state, Player who, Turn<O> turn) {
        return slow.time("joined", () -> game.joined(state, who, turn));
    }

    @Override
    public S left(S state, Player who, Turn<O> turn) {
        return slow.time("left", () -> game.left(state, who, turn));
    }

    @Override
    public S dropped(S state, Player who, Turn<O> turn) {
        return slow.time("dropped", () -> game.dropped(state, who, turn));
    }

    @Override
    public S returned(S state, Player who, Turn<O> turn) {
        return slow.time("returned", () -> game.returned(state, who, turn));
    }

    @Override
    public S signalled(S state, RoomId from, ByteString what, Turn<O> turn) {
        return slow.time("signalled", () -> game.signalled(state, from, what, turn));
    }

    @Override
    public O view(S state, Viewer viewer) {
        return slow.time("view", () -> game.view(state, viewer));
    }
}
