package tavern.examples.arena.bots;

import tavern.client.bots.BotPlayer;
import tavern.client.bots.BotPlayers;
import tavern.client.bots.BotSeat;

/** Found by {@code bin/bots} in this jar. */
public final class ArenaBots implements BotPlayers {
    @Override
    public String game() {
        return "arena";
    }

    @Override
    public BotPlayer create(BotSeat seat) {
        return new ArenaBot(seat);
    }
}
