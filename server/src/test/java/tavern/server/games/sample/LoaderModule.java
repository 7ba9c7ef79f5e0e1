package tavern.server.games.sample;

import java.util.List;
import tavern.game.GameModule;
import tavern.game.GameType;

/** Finds its classes by the thread's class loader, as some libraries do. */
public final class LoaderModule implements GameModule {
    @Override
    public List<GameType<?, ?, ?>> games() {
        try {
            Class<?> module = Thread.currentThread().getContextClassLoader().loadClass(PotModule.class.getName());
            return ((GameModule) module.getConstructor().newInstance()).games();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
