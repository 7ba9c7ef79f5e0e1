package tavern.client.bots;

import tavern.client.JoinOptions;

/**
 * The bots of a game. Found by {@link java.util.ServiceLoader}: the jar names its class in {@code
 * META-INF/services/tavern.client.bots.BotPlayers}. It may be the jar that the server loads; the server does not look at it.
 */
public interface BotPlayers {
    /** The name of the game that they play, as in its {@code GameType}. */
    String game();

    /** Makes one bot, on the thread on which it will be called. Bots of different rooms may be made at the same time. */
    BotPlayer create(BotSeat seat);

    /**
     * How a bot joins, such as with a ticket. The room's type comes from the command line.
     *
     * @param bot number of the bot in this run, from 0
     */
    default JoinOptions join(int bot) {
        return JoinOptions.NONE;
    }
}
