package tavern.server.games.sample;

import com.google.protobuf.StringValue;
import java.util.List;
import tavern.game.Board;
import tavern.game.GameModule;
import tavern.game.GameType;

public final class TableModule implements GameModule {
    public static GameType<StringValue, StringValue, StringValue> table() {
        return GameType.of("table", new TableGame(), StringValue.parser(), StringValue.parser())
                .keeping("note")
                .ranking(new Board("wins", Board.Ranking.SUM), new Board("best", Board.Ranking.BEST));
    }

    @Override
    public List<GameType<?, ?, ?>> games() {
        return List.of(table());
    }
}
