package tavern.examples.hub;

import java.util.List;
import tavern.examples.hub.v1.HubIn;
import tavern.examples.hub.v1.HubOut;
import tavern.examples.hub.v1.HubState;
import tavern.game.GameModule;
import tavern.game.GameType;

/** What this jar has. */
public final class HubModule implements GameModule {
    static final GameType<HubState, HubIn, HubOut> HUB =
            GameType.of("hub", new Hub(), HubState.parser(), HubIn.parser());

    @Override
    public List<GameType<?, ?, ?>> games() {
        return List.of(HUB);
    }
}
