package tavern.client.bots;

import com.google.protobuf.MessageLite;
import java.util.random.RandomGenerator;
import tavern.client.TavernClient;

/** A bot's place in the run. To be used on the thread on which the bot is called. */
public interface BotSeat {
    /** Number of the bot in this run, from 0. */
    int bot();

    /** The bot's name on the server, new in each run. */
    String player();

    /** The room that the bot was sent to. */
    String room();

    /** Chance that is the same for each run with the same {@code --seed}. */
    RandomGenerator random();

    /**
     * Says something to the game ({@link TavernClient#say}). Answered by {@link BotPlayer#done}, {@link BotPlayer#refused} or
     * {@link BotPlayer#unanswered}, later; the time until then is measured.
     */
    void say(MessageLite message);

    /** Whether something that the bot said is not answered yet. */
    boolean isWaiting();

    /** How much of a kind of goods the bot owns, as far as the server has told. */
    long count(String kind);

    /**
     * The game broke a rule of its own: the run fails.
     *
     * @param text for people
     */
    void fault(String text);

    /** For everything else: chat, trades, unique items, the room's members. */
    TavernClient client();
}
