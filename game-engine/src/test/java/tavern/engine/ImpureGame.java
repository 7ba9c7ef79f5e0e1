package tavern.engine;

import com.google.protobuf.StringValue;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import tavern.game.Game;
import tavern.game.GameType;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Reads;
import tavern.game.RoomId;
import tavern.game.Turn;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;

/** A game whose turns depend on what is outside of them, as they must not. */
final class ImpureGame implements Game<StringValue, StringValue, StringValue> {
    static final Viewer VIEWER = new Viewer(RoomBench.ANN, false);

    private final AtomicLong outside;

    ImpureGame(AtomicLong outside) {
        this.outside = outside;
    }

    GameType<StringValue, StringValue, StringValue> type() {
        return GameType.of("impure", this, StringValue.parser(), StringValue.parser());
    }

    /** With one player, whose turns are committed at once. */
    static GameRoom room(ImpureGame game, FlightRecorder recorder) {
        GameRoom room = new GameRoom(
                game.type(), new RoomId("impure"), EngineLimits.DEFAULT, Map.of(), recorder, TurnListener.NONE);
        room.begin(KeptOptions.NONE, 7, RoomBench.START);
        commit(room);
        room.joined(RoomBench.ANN, new RoomBench.Purse(), RoomBench.START);
        commit(room);
        return room;
    }

    static void says(GameRoom room, String what) {
        room.said(RoomBench.ANN.id(), 1, 0, StringValue.of(what).toByteString(), RoomBench.START);
        commit(room);
    }

    private static void commit(GameRoom room) {
        room.pending().forEach(commit -> room.committed(commit.revision(), RoomBench.START));
    }

    @Override
    public StringValue open(Opening opening) {
        return StringValue.getDefaultInstance();
    }

    @Override
    public StringValue on(StringValue state, Player from, StringValue message, Turn<StringValue> turn) {
        boolean isOutside = outside.get() > 0;
        switch (message.getValue()) {
            case "state" -> {
                return StringValue.of(state.getValue() + "," + outside);
            }
            case "tell" -> turn.tellAll(StringValue.of(outside.toString()));
            case "read" -> {
                return StringValue.of(isOutside ? Long.toString(turn.count(from.id(), "gold")) : "none");
            }
            case "give" -> turn.give(from.id(), "gold", 1 + outside.get());
            case "refuse" -> {
                if (isOutside) {
                    throw turn.refuse(ErrorCode.NOT_ALLOWED, "now");
                }
            }
            case "throw" -> {
                if (isOutside) {
                    throw new IllegalStateException("now");
                }
            }
            default -> {
                return message;
            }
        }
        return state;
    }

    @Override
    public Reads reads(StringValue state, Player from, StringValue message) {
        boolean asks = message.getValue().equals("ask") && outside.get() > 0;
        return asks ? Reads.of(new PlayerId(outside.get())) : Reads.NONE;
    }

    @Override
    public StringValue view(StringValue state, Viewer viewer) {
        return state;
    }
}
