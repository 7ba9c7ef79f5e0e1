package tavern.server.games.sample;

import com.google.protobuf.StringValue;
import java.util.List;
import tavern.game.GameModule;
import tavern.game.GameType;

public final class HerdModule implements GameModule {
    @Override
    public List<GameType<?, ?, ?>> games() {
        return List.of(GameType.of("herd", new HerdGame(), StringValue.parser(), StringValue.parser()));
    }
}
