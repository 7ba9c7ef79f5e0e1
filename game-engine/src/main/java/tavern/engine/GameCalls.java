package tavern.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import org.jspecify.annotations.Nullable;
import tavern.game.Admission;
import tavern.game.Game;
import tavern.game.GameType;
import tavern.game.Later;
import tavern.game.Moving;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.Reads;
import tavern.game.Reply;
import tavern.game.RoomId;
import tavern.game.Scene;
import tavern.game.Turn;
import tavern.game.Viewer;

/** The game for the engine, which does not know the types of its messages. */
final class GameCalls<S extends MessageLite, I extends MessageLite, O extends MessageLite> {
    private final GameType<S, I, O> type;
    private final Game<S, I, O> game;
    private final @Nullable Moving<S, I, O> moving;

    GameCalls(GameType<S, I, O> type) {
        this.type = type;
        this.game = type.game();
        this.moving = game instanceof Moving<S, I, O> its ? its : null;
    }

    MessageLite parseState(ByteString bytes) throws InvalidProtocolBufferException {
        return type.states().parseFrom(bytes);
    }

    MessageLite parseMessage(ByteString bytes) throws InvalidProtocolBufferException {
        return type.messages().parseFrom(bytes);
    }

    MessageLite open(Opening opening) {
        return there(game.open(opening), "open");
    }

    Admission admit(MessageLite state, Player who, ByteString ticket) {
        return there(game.admit(state(state), who, ticket), "admit");
    }

    @SuppressWarnings("unchecked")
    Reads reads(MessageLite state, Player from, MessageLite message) {
        return there(game.reads(state(state), from, (I) message), "reads");
    }

    @SuppressWarnings("unchecked")
    MessageLite on(MessageLite state, Player from, MessageLite message, TurnContext turn) {
        return there(game.on(state(state), from, (I) message, turn(turn)), "on");
    }

    MessageLite due(MessageLite state, String timer, TurnContext turn) {
        return there(game.due(state(state), timer, turn(turn)), "due");
    }

    MessageLite joined(MessageLite state, Player who, TurnContext turn) {
        return there(game.joined(state(state), who, turn(turn)), "joined");
    }

    MessageLite left(MessageLite state, Player who, TurnContext turn) {
        return there(game.left(state(state), who, turn(turn)), "left");
    }

    MessageLite dropped(MessageLite state, Player who, TurnContext turn) {
        return there(game.dropped(state(state), who, turn(turn)), "dropped");
    }

    MessageLite returned(MessageLite state, Player who, TurnContext turn) {
        return there(game.returned(state(state), who, turn(turn)), "returned");
    }

    MessageLite signalled(MessageLite state, RoomId from, ByteString what, TurnContext turn) {
        return there(game.signalled(state(state), from, what, turn(turn)), "signalled");
    }

    boolean isMoving() {
        return moving != null;
    }

    /** Does nothing in games whose things do not move. */
    @SuppressWarnings("unchecked")
    void tick(MessageLite state, Scene scene, TickContext later, long now) {
        if (moving != null) {
            moving.tick(state(state), scene, (Later<O>) (Later<?>) later, now);
        }
    }

    boolean mayMove(MessageLite state, Scene scene, int entity, int x, int y) {
        return moving == null || moving.mayMove(state(state), scene, entity, x, y);
    }

    MessageLite later(MessageLite state, ByteString what, TurnContext turn) {
        return moving == null ? state : there(moving.later(state(state), what, turn(turn)), "later");
    }

    MessageLite answered(MessageLite state, String call, Reply reply, TurnContext turn) {
        return there(game.answered(state(state), call, reply, turn(turn)), "answered");
    }

    ByteString view(MessageLite state, Viewer viewer) {
        return there(game.view(state(state), viewer), "view").toByteString();
    }

    /** Its states come from {@link #parseState} and from the game itself. */
    @SuppressWarnings("unchecked")
    private S state(MessageLite state) {
        return (S) state;
    }

    /** A turn takes any message that is told. */
    @SuppressWarnings("unchecked")
    private Turn<O> turn(TurnContext turn) {
        return (Turn<O>) (Turn<?>) turn;
    }

    private <T> T there(@Nullable T result, String method) {
        if (result == null) {
            throw new IllegalStateException("game " + type.name() + " returned null from " + method);
        }
        return result;
    }
}
