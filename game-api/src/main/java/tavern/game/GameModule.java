package tavern.game;

import java.util.List;

/**
 * A jar's games; it may have several. Found by {@link java.util.ServiceLoader}: the jar names this class in {@code
 * META-INF/services/tavern.game.GameModule}, and it has a public constructor without parameters.
 *
 * <p>Made and asked once each time the jar is loaded: on the main thread when the server starts, and on one of the operators' threads
 * when games are reloaded, while the rooms go on with what was loaded before. The thread's context class loader is the jar's. What
 * this throws keeps the jar from being used, with the reason for operators.
 */
public interface GameModule {
    /** Returns at least one, with names of which no other jar has any. */
    List<GameType<?, ?, ?>> games();
}
