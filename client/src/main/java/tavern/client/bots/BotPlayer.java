package tavern.client.bots;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import tavern.client.TavernException;

/**
 * Plays one player of a game. All bots of one room are called on the same thread, one call after another, so they must not
 * block. An exception that a method throws is a fault, as by {@link BotSeat#fault}.
 */
public interface BotPlayer {
    /**
     * The bot is in the room: for the first time, or again, having missed too much or after the server was gone.
     *
     * @param view what the game shows to it; it replaces everything that was told before
     */
    void joined(ByteString view);

    /** The game has told something: to all, or to this player. In order, and once, over lost connections too. */
    void told(ByteString what);

    /**
     * What the bot said was carried out, and is durable. What the game told this bot alone because of it was heard before; what
     * it told all may come before or after.
     */
    default void done(MessageLite said) {}

    /** What the bot said was refused, and nothing of it happened. A fault of the server (7xx) makes the run fail anyway. */
    default void refused(MessageLite said, TavernException why) {}

    /** Whether what the bot said was carried out cannot be found out: it left the room, or there was no answer for too long. */
    default void unanswered(MessageLite said) {}

    /**
     * Called about twenty times a second while the bot is in the room and the load runs.
     *
     * @param nowMillis the server's date, in milliseconds since 1970
     */
    default void tick(long nowMillis) {}

    /**
     * The load is over, everything that was said is answered, and what was told because of it is heard: the last chance to compare
     * and find a {@link BotSeat#fault}.
     */
    default void finished() {}
}
