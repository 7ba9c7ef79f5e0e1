package tavern.server.games.sample;

import com.google.protobuf.StringValue;
import java.util.List;
import tavern.game.GameModule;
import tavern.game.GameType;

public final class FaultyModule implements GameModule {
    @Override
    public List<GameType<?, ?, ?>> games() {
        return List.of(GameType.of("faulty", new FaultyGame(), StringValue.parser(), StringValue.parser()));
    }
}
