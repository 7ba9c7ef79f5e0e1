package tavern.examples.cards.bots;

import tavern.client.bots.BotPlayer;
import tavern.client.bots.BotPlayers;
import tavern.client.bots.BotSeat;

/** Found by {@code bin/bots} in this jar. */
public final class CardsBots implements BotPlayers {
    @Override
    public String game() {
        return "cards";
    }

    @Override
    public BotPlayer create(BotSeat seat) {
        return new CardsBot(seat);
    }
}
