package tavern.server.games.sample;

import java.util.List;
import tavern.game.GameModule;
import tavern.game.GameType;

/** Uses a class whose static initializer fails. */
public final class UnreadyModule implements GameModule {
    @Override
    public List<GameType<?, ?, ?>> games() {
        return Deck.GAMES;
    }

    /** Cannot be used. */
    public static final class Deck {
        static final List<GameType<?, ?, ?>> GAMES = shuffled();

        private static List<GameType<?, ?, ?>> shuffled() {
            throw new IllegalStateException("a card is missing");
        }
    }
}
