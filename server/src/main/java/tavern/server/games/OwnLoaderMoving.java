package tavern.server.games;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import tavern.game.Later;
import tavern.game.Moving;
import tavern.game.Scene;
import tavern.game.Turn;

/** As {@link OwnLoaderGame}. Ticks and moves make no garbage here. */
final class OwnLoaderMoving<S extends MessageLite, I extends MessageLite, O extends MessageLite>
        extends OwnLoaderGame<S, I, O> implements Moving<S, I, O> {
    private final Moving<S, I, O> game;

    OwnLoaderMoving(Moving<S, I, O> game, ClassLoader loader) {
        super(game, loader);
        this.game = game;
    }

    @Override
    public void tick(S state, Scene scene, Later<O> later, long now) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            game.tick(state, scene, later, now);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public boolean mayMove(S state, Scene scene, int entity, int x, int y) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return game.mayMove(state, scene, entity, x, y);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public S later(S state, ByteString what, Turn<O> turn) {
        return with(loader, () -> game.later(state, what, turn));
    }
}
