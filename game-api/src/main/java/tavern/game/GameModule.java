package tavern.game;

import java.util.List;

/**
 * A jar's games. Found by {@link java.util.ServiceLoader}: the jar names its class in
 * {@code META-INF/services/tavern.game.GameModule}.
 */
public interface GameModule {
    /** Called once when the jar is loaded. */
    List<GameType<?, ?, ?>> games();
}
