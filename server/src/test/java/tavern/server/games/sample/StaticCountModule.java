package tavern.server.games.sample;

import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import java.util.List;
import tavern.game.GameModule;
import tavern.game.GameType;

public final class StaticCountModule implements GameModule {
    @Override
    public List<GameType<?, ?, ?>> games() {
        return List.of(GameType.of("tally", new StaticCountGame(), Int64Value.parser(), StringValue.parser()));
    }
}
