package tavern.server.games;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.util.function.Supplier;
import tavern.game.Admission;
import tavern.game.Game;
import tavern.game.GameType;
import tavern.game.Moving;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.Reads;
import tavern.game.Reply;
import tavern.game.RoomId;
import tavern.game.Turn;
import tavern.game.Viewer;

/**
 * A game whose code runs with the class loader of its jar as the thread's: libraries in the jar find services and resources by
 * that one.
 */
class OwnLoaderGame<S extends MessageLite, I extends MessageLite, O extends MessageLite> implements Game<S, I, O> {
    final ClassLoader loader;
    private final Game<S, I, O> game;

    OwnLoaderGame(Game<S, I, O> game, ClassLoader loader) {
        this.game = game;
        this.loader = loader;
    }

    Game<S, I, O> game() {
        return game;
    }

    static <S extends MessageLite, I extends MessageLite, O extends MessageLite> GameType<S, I, O> of(
            GameType<S, I, O> type, ClassLoader loader) {
        Game<S, I, O> game = type.game() instanceof Moving<S, I, O> moving
                ? new OwnLoaderMoving<>(moving, loader)
                : new OwnLoaderGame<>(type.game(), loader);
        return new GameType<>(type.name(), game, type.states(), type.messages(), type.keeps(), type.boards());
    }

    static <T> T with(ClassLoader loader, Supplier<T> call) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return call.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public S open(Opening opening) {
        return with(loader, () -> game.open(opening));
    }

    @Override
    public Admission admit(S state, Player who, ByteString ticket) {
        return with(loader, () -> game.admit(state, who, ticket));
    }

    @Override
    public Reads reads(S state, Player from, I message) {
        return with(loader, () -> game.reads(state, from, message));
    }

    @Override
    public S on(S state, Player from, I message, Turn<O> turn) {
        return with(loader, () -> game.on(state, from, message, turn));
    }

    @Override
    public S due(S state, String timer, Turn<O> turn) {
        return with(loader, () -> game.due(state, timer, turn));
    }

    @Override
    public S joined(S state, Player who, Turn<O> turn) {
        return with(loader, () -> game.joined(state, who, turn));
    }

    @Override
    public S left(S state, Player who, Turn<O> turn) {
        return with(loader, () -> game.left(state, who, turn));
    }

    @Override
    public S dropped(S state, Player who, Turn<O> turn) {
        return with(loader, () -> game.dropped(state, who, turn));
    }

    @Override
    public S returned(S state, Player who, Turn<O> turn) {
        return with(loader, () -> game.returned(state, who, turn));
    }

    @Override
    public S signalled(S state, RoomId from, ByteString what, Turn<O> turn) {
        return with(loader, () -> game.signalled(state, from, what, turn));
    }

    @Override
    public S answered(S state, String call, Reply reply, Turn<O> turn) {
        return with(loader, () -> game.answered(state, call, reply, turn));
    }

    @Override
    public O view(S state, Viewer viewer) {
        return with(loader, () -> game.view(state, viewer));
    }
}
