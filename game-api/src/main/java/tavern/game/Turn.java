package tavern.game;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tavern.protocol.v1.ErrorCode;

/**
 * What a game may do and see during one call. All of it happens, in one commit with the state that the call returns, or
 * nothing of it. Good for that call only: later uses throw {@link IllegalStateException}.
 *
 * <p>A call that passes a bound (documented with the method) throws {@link IllegalArgumentException}, which ends the turn.
 */
public interface Turn<O extends MessageLite> {
    RoomId room();

    /** The settings of the room's type, as they are now. */
    Map<String, String> settings();

    /** The date, in milliseconds since 1970. The same during the whole turn; never less than in the turn before. */
    long now();

    /** Chance whose state is kept with the room. Fit for games, not for secrets. */
    RandomGenerator random();

    /** The players in the room, in the order of their coming, without spectators. */
    List<Player> present();

    /**
     * How much of a kind a player who is {@link #present}, or an account that was {@link Game#reads read}, has, with what the turns
     * so far have given and taken. Somebody else may take it before the commit; then nothing of this turn happens.
     */
    long count(AccountId who, String kind);

    /**
     * The unique items of a player who is {@link #present}, or an account that was {@link Game#reads read}, with their kinds. In
     * turns that are not yet durable: without those that are minted, or come from named accounts or from players who are not present.
     */
    Map<Long, String> items(AccountId who);

    /**
     * A value of a player who is {@link #present}, or was {@link Game#reads read}, as the turns so far have left it; the version is the
     * newest durable one's. Only keys that the game's type declares ({@link GameType#keeps}).
     */
    Kept kept(PlayerId who, String key);

    /** The player of a name that was {@link Game#reads read}; empty when there is none. */
    Optional<Player> named(String name);

    /**
     * Tells one member. Numbered, and told after a lost connection. In order with {@link #tellExcept}, but not with
     * {@link #tellAll}.
     */
    void tell(Player who, O what);

    /** Tells everybody in the room, spectators too. Numbered, and told after a lost connection. In an order of its own. */
    void tellAll(O what);

    /** Tells everybody but one, as {@link #tell} does. */
    void tellExcept(Player who, O what);

    /** Makes goods: they come from the game's own mint, {@code mint:<game>}. */
    void give(AccountId to, String kind, long count);

    /** Takes goods out of the world, into the game's own mint. Nothing of the turn happens if they are not there. */
    void take(AccountId from, String kind, long count);

    /** Makes a unique item. */
    void mint(AccountId to, String kind);

    /** Takes a unique item out of the world. */
    void burn(AccountId from, long item);

    /**
     * Moves goods between players, present or not, and named accounts. All goods of a turn leave before any arrive: what
     * somebody gets in it cannot be given on in it. At most 64 legs (pairs of giver and taker) and 256 goods a turn.
     */
    void move(AccountId from, AccountId to, Goods goods);

    /**
     * Writes a durable value of a player who is present or was {@link Game#reads read}; an empty message removes it. At most 64 a turn, of 64 KiB each, and
     * 128 KiB with the events.
     */
    void put(PlayerId who, String key, MessageLite value);

    /**
     * Scores on a leaderboard that the game's type declares ({@link GameType#ranking}), in the same commit. At most 64 a turn.
     *
     * @param points no further from 0 than {@link Board#POINTS_MAX}
     */
    void score(String board, PlayerId who, long points);

    /**
     * Publishes an event to the feed: at least once, in the same commit. At most 16 a turn.
     *
     * @param event as {@link Names#isEvent} allows
     */
    void publish(String event, MessageLite body);

    /**
     * Sets a timer, replacing one of that name. At most 64 in a room.
     *
     * @param name of 1 to 64 characters
     * @param atMillis a date; one that has come already means the next millisecond
     */
    void timer(String name, long atMillis);

    /** Stops a timer, if it is set. */
    void stop(String name);

    /**
     * Sends something to another room, which is opened for it: once, and in order. At most 64, and 64 KiB, may be under way.
     *
     * <p>Signals reach rooms of the same server. With several servers, a signal to a room that another one has waits, for as
     * long as it takes, until that room can be opened on this server; those under way count towards the bound meanwhile.
     */
    void signal(RoomId to, ByteString what);

    /**
     * Calls a service that the server's configuration names, over HTTP, once this turn is durable; what comes of it is
     * {@link Game#answered}. A call that is not answered when the server crashes is made again, so the service may get it several
     * times, each under the same {@code Idempotency-Key}. Calls do not wait for each other. At most 64, and 64 KiB, may be under
     * way in a room.
     *
     * @param service as {@link Names#isService} allows
     * @param call names it for {@link Game#answered}, as {@link Names#isCall} allows; several may have the same name
     */
    void call(String service, String call, MessageLite request);

    /** Lets a member go to another room, as if he had asked for it. */
    void send(Player who, RoomId to, ByteString ticket);

    /**
     * Puts a member out of the room.
     *
     * @param text for people
     */
    void putOut(Player who, ErrorCode code, String text);

    /**
     * Returns what is to be thrown to refuse what a player asked for.
     *
     * @param text for people
     */
    default RuntimeException refuse(ErrorCode code, String text) {
        return new RefusedException(code, text);
    }
}
