package tavern.server.games.sample;

import java.util.List;
import tavern.game.GameModule;
import tavern.game.GameType;

public final class FailingModule implements GameModule {
    public FailingModule() {
        throw new IllegalStateException("no cards left");
    }

    @Override
    public List<GameType<?, ?, ?>> games() {
        return List.of();
    }
}
