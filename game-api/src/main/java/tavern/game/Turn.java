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
 * nothing of it. Good for that call only, on its thread: later uses throw {@link IllegalStateException}.
 *
 * <p>A call that passes a bound (documented with the method), or has a name, kind or count that cannot be, throws {@link
 * IllegalArgumentException}, which ends the turn.
 *
 * @param <O> what the game says to players
 */
public interface Turn<O extends MessageLite> {
    RoomId room();

    /** The settings of the room's type, as they have been since the server's start. */
    Map<String, String> settings();

    /** The date, in milliseconds since 1970. The same during the whole turn; never less than in the turn before. */
    long now();

    /** Chance whose state is kept with the room, so a turn that is computed again draws the same. Fit for games, not for secrets. */
    RandomGenerator random();

    /** The players in the room, in the order of their coming, without spectators. */
    List<Player> present();

    /**
     * How much of a kind a player who is {@link #present}, or an account that was {@link Game#reads read}, has, with what the turns
     * so far have given and taken; 0 when there is none. Somebody else may take it before the commit; then nothing of this turn happens.
     *
     * @throws IllegalArgumentException for anybody else
     */
    long count(AccountId who, String kind);

    /**
     * The unique items of a player who is {@link #present}, or an account that was {@link Game#reads read}, with their kinds. In
     * turns that are not yet durable: without those that are minted, or come from named accounts or from players who are not present.
     *
     * @throws IllegalArgumentException for anybody else
     */
    Map<Long, String> items(AccountId who);

    /**
     * A value of a player who is {@link #present}, or was {@link Game#reads read}, as the turns so far have left it; the version is the
     * newest durable one's. {@link Kept#NONE} when there is none.
     *
     * @throws IllegalArgumentException for anybody else, or a key that the game's type does not declare ({@link GameType#keeps})
     */
    Kept kept(PlayerId who, String key);

    /** The player of a name that was {@link Game#reads read}; empty when there is none. */
    Optional<Player> named(String name);

    /**
     * Tells one member; nobody, if he is not in the room. Numbered, and told after a lost connection. In order with {@link #tellExcept},
     * but not with {@link #tellAll}. At most 256 KiB in a turn, of all that it tells.
     */
    void tell(Player who, O what);

    /** Tells everybody in the room, spectators too. Numbered, and told after a lost connection. In an order of its own. */
    void tellAll(O what);

    /** Tells everybody but one, as {@link #tell} does. */
    void tellExcept(Player who, O what);

    /**
     * Makes goods: they come from the game's own mint, {@code mint:<game>}. With {@link #move}'s bounds.
     *
     * @param to a player, present or not, or a named account; a {@link Mint} cannot be named, here or below
     * @param kind as {@link Names#isKind} allows
     * @param count greater than 0
     */
    void give(AccountId to, String kind, long count);

    /**
     * Takes goods out of the world, into the game's own mint. If they are not there, nothing of the turn happens, and who has said what
     * it is for is answered {@code TRADE_INSUFFICIENT}. So it is with all goods that a turn takes or moves.
     */
    void take(AccountId from, String kind, long count);

    /** Makes a unique item. Its number is known once the turn is durable, to later turns ({@link #items}). */
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
     * Sends something to another room, which is opened for it: once, and in order, whichever server of the realm has it. What becomes of it
     * there is {@link Game#signalled}. A room that was never there, or has no game, gets nothing. At most 64, and 64 KiB, may be under way
     * from a room; one that has not arrived counts for as long as it takes.
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

    /**
     * Lets a member go to another room once the turn is durable, as if he had asked for it: he stays if that room refuses him or is
     * full. Nothing happens if he is not in this room any more.
     *
     * @param ticket for {@link Game#admit} there
     */
    void send(Player who, RoomId to, ByteString ticket);

    /**
     * Puts a member out of the room once the turn is durable; {@link Game#left} follows. Nothing happens if he is not in it any more.
     *
     * @param code what the client is told as the reason
     * @param text for people
     */
    void putOut(Player who, ErrorCode code, String text);

    /**
     * Returns what is to be thrown to refuse what a player asked for: {@code throw turn.refuse(…)}. Nothing of the turn happens, also what
     * was asked of it before.
     *
     * @param code tells the client what it may do; a family and its meanings are in PROTOCOL.md
     * @param text for people
     */
    default RuntimeException refuse(ErrorCode code, String text) {
        return new RefusedException(code, text);
    }
}
