package tavern.examples.cards;

import java.util.List;
import tavern.examples.cards.v1.CardTable;
import tavern.examples.cards.v1.CardsIn;
import tavern.examples.cards.v1.CardsOut;
import tavern.game.GameModule;
import tavern.game.GameType;

/** What this jar has. */
public final class CardsModule implements GameModule {
    static final GameType<CardTable, CardsIn, CardsOut> CARDS = GameType.of(
                    "cards", new Cards(), CardTable.parser(), CardsIn.parser())
            .keeping(CardMatch.RECORD);

    @Override
    public List<GameType<?, ?, ?>> games() {
        return List.of(CARDS);
    }
}
