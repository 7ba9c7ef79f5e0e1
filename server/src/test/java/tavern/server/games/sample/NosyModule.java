package tavern.server.games.sample;

import java.util.List;
import tavern.game.GameModule;
import tavern.game.GameType;
import tavern.server.Version;

/** Uses a class of the server, which games do not see. */
public final class NosyModule implements GameModule {
    @Override
    public List<GameType<?, ?, ?>> games() {
        throw new IllegalStateException(Version.current());
    }
}
