package @package@;

import java.util.List;
import tavern.game.GameModule;
import tavern.game.GameType;

/** What is in this jar. The server finds it by way of META-INF/services. */
public final class @Class@Games implements GameModule {
    @Override
    public List<GameType<?, ?, ?>> games() {
        return List.of(@Class@Game.TYPE);
    }
}
