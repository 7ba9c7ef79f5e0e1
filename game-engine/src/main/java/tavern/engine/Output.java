package tavern.engine;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Reads;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;

/** Something that the host of a {@link GameRoom} is to do. In the order in which they are put out. */
public sealed interface Output {
    /** Send this to everybody in the room, spectators too, but not to {@code except}. */
    record TellAll(ByteString what, @Nullable PlayerId except) implements Output {}

    /** Send this to one member. */
    record Tell(PlayerId who, ByteString what) implements Output {}

    /**
     * The player's message was carried out, now or when it was sent first.
     *
     * @param seq the client's number of the message
     */
    record Done(PlayerId who, int seq) implements Output {}

    /** The player's message was refused, and nothing of it happened. */
    record Refused(PlayerId who, int seq, ErrorCode code, String text) implements Output {}

    /** A turn for a player's message failed: answer {@code INTERNAL}, and log. Nothing of the turn happened. */
    record Broken(PlayerId who, int seq, Throwable failure) implements Output {}

    /**
     * A turn that no player asked for failed: log.
     *
     * @param what names it, for people
     */
    record Failed(String what, Throwable failure) implements Output {}

    /** Put a member out of the room. */
    record PutOut(PlayerId who, ErrorCode code, String text) implements Output {}

    /** Let a member go to another room. */
    record Send(Player who, RoomId to, ByteString ticket) implements Output {}

    /**
     * Bring this to another room ({@link GameRoom#signalled}), and tell {@link GameRoom#arrived} when it is durable there.
     * Put out again after a crash, so it may arrive twice.
     *
     * @param number grows with each signal of the sending room; those to one room are to be brought in order
     */
    record Signal(RoomId to, long number, ByteString what) implements Output {}

    /**
     * Call a service, and bring what comes of it ({@link GameRoom#answered}). Put out again after a crash, so it may be called
     * twice.
     *
     * @param number no other call of the room ever has it
     */
    record Call(String service, String call, long number, ByteString request) implements Output {}

    /**
     * Read these from the store, and bring what is there ({@link GameRoom#read}), or tell that it cannot be read
     * ({@link GameRoom#unread}). Until then no turn is computed. No commit of the room is under way.
     */
    record Read(long number, Reads reads) implements Output {}

    /** Make this durable: {@link GameRoom#committed} or {@link GameRoom#refused} is to follow. */
    record Submit(Commit commit) implements Output {}

    /** Send this to one member, or to everybody, unless they are behind: not numbered, and not kept. After the tick's snapshot. */
    record TellVolatile(@Nullable PlayerId who, ByteString what) implements Output {}
}
