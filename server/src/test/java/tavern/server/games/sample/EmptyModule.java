package tavern.server.games.sample;

import java.util.List;
import tavern.game.GameModule;
import tavern.game.GameType;

public final class EmptyModule implements GameModule {
    @Override
    public List<GameType<?, ?, ?>> games() {
        return List.of();
    }
}
