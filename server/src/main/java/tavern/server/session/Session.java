package tavern.server.session;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.game.Player;
import tavern.server.room.Member;
import tavern.server.room.MoveSlot;
import tavern.server.room.Room;

/**
 * A player who is here, over one connection or several in turn.
 *
 * <p>Used from event loops and room threads. What they share (the connection, the room, the personal events, whether
 * it ended) is behind this object's lock, which is held for moments and never while anything is called that could
 * wait. The rate limiter belongs to the loop of the connection.
 */
public final class Session implements Member {
    private final Sessions sessions;
    private final Player player;
    private final String id;
    private final PersonalLog events;
    private final RateLimiter limiter;
    private final AtomicReference<@Nullable Object> joining = new AtomicReference<>();
    private final long sinceMillis;
    private volatile long mutedUntilMillis;

    /** Written by the connection's loop alone. */
    private volatile int lastClientSeq;

    // Guarded by this.
    private @Nullable Connection connection;
    private @Nullable Room room;
    private volatile @Nullable ByteString tokenInDoubt;
    private @Nullable ByteString token;
    private int connections;
    private int attempts;
    private boolean ended;
    private boolean expired;

    Session(
            Sessions sessions,
            Player player,
            String id,
            PersonalLog events,
            RateLimiter limiter,
            long sinceMillis,
            long mutedUntilMillis) {
        this.sessions = sessions;
        this.player = player;
        this.id = id;
        this.events = events;
        this.limiter = limiter;
        this.sinceMillis = sinceMillis;
        this.mutedUntilMillis = mutedUntilMillis;
    }

    @Override
    public Player player() {
        return player;
    }

    String id() {
        return id;
    }

    RateLimiter limiter() {
        return limiter;
    }

    long mutedUntilMillis() {
        return mutedUntilMillis;
    }

    synchronized SessionView view() {
        Connection now = connection;
        Room present = room;
        return new SessionView(
                player.name(),
                player.id().value(),
                id,
                present == null ? null : present.id().name(),
                now == null ? null : now.address().getHostAddress(),
                sinceMillis,
                mutedUntilMillis);
    }

    /** @return whether that is new */
    boolean mute(long untilMillis) {
        boolean isNew = mutedUntilMillis != untilMillis;
        mutedUntilMillis = untilMillis;
        return isNew;
    }

    int lastClientSeq() {
        return lastClientSeq;
    }

    /** P-10: takes the next number. @return false when it is not after the last, so that it may be a repeat */
    boolean takeSeq(int seq) {
        if (!canTakeSeq(seq)) {
            return false;
        }
        lastClientSeq = seq;
        return true;
    }

    boolean canTakeSeq(int seq) {
        return seq - lastClientSeq > 0;
    }

    /** One join at a time. @return what ends it, or null when one is under way */
    @Nullable
    Object beginJoin() {
        Object begun = new Object();
        return joining.compareAndSet(null, begun) ? begun : null;
    }

    void endJoin(Object begun) {
        joining.compareAndSet(begun, null);
    }

    synchronized @Nullable Room room() {
        return room;
    }

    synchronized boolean isEnded() {
        return ended;
    }

    /** Whether a client that saw these personal events can be told all that it missed. */
    synchronized boolean covers(long lastSeq) {
        return !ended && events.covers(lastSeq);
    }

    /**
     * Binds the session to a connection: the welcome goes out, then what was missed, then what comes.
     *
     * @param usedToken that the client came with, good until it shows that it has the next one; null: it had none
     * @param freshToken the next resume token
     * @param attempt from {@link #beginResume}; 0 for the first connection
     */
    synchronized Attached attach(
            Connection next,
            Stage stage,
            ServerMessage welcome,
            long lastSeq,
            @Nullable ByteString usedToken,
            ByteString freshToken,
            int attempt) {
        if (attempt != attempts || (ended && !expired)) {
            return Attached.REPLACED;
        }
        if (ended || !events.covers(lastSeq)) {
            return Attached.TOO_LATE;
        }
        connection = next;
        connections++;
        // Those that neither the client nor the next welcome has are worth nothing any more.
        List<ByteString> before = tokens();
        tokenInDoubt = usedToken;
        token = freshToken;
        before.stream().filter(old -> !old.equals(usedToken)).forEach(sessions::forget);
        List<ServerMessage> missed = events.after(lastSeq);
        sessions.journal()
                .add(
                        player.name(),
                        connections == 1 ? Journal.What.CONNECTED : Journal.What.RESUMED,
                        room == null ? "" : room.id().name(),
                        "session " + id + " from " + next.address().getHostAddress());
        next.loop().execute(() -> {
            next.identified(id);
            next.become(stage);
            next.send(welcome);
            missed.forEach(next::send);
        });
        return Attached.DONE;
    }

    /** Whether the session goes on over a connection. */
    enum Attached {
        DONE,
        /** Another connection, or another session of the player, came after this one. */
        REPLACED,
        /** It ran out, or more has happened than is kept: P-20, a new one is to begin. */
        TOO_LATE
    }

    /** The client has heard the last welcome: the token before it is worth nothing any more. */
    @Nullable
    ByteString settleToken() {
        // Asked with every message; there is something to settle after a resume only.
        return tokenInDoubt == null ? null : takeTokenInDoubt();
    }

    private synchronized @Nullable ByteString takeTokenInDoubt() {
        ByteString spent = tokenInDoubt;
        tokenInDoubt = null;
        return spent;
    }

    /** The newest attempt is the one that counts. @param previous connection, which the session has let go of */
    record Resuming(int attempt, @Nullable Connection previous) {}

    synchronized Resuming beginResume() {
        Connection previous = connection;
        connection = null;
        return new Resuming(++attempts, previous);
    }

    /** The connection is gone. @return how often the session had been attached, or -1 when it is on another by now */
    synchronized int detach(Connection lost) {
        if (connection != lost) {
            return -1;
        }
        connection = null;
        return connections;
    }

    /** How often the session had been attached. */
    synchronized int connections() {
        return connections;
    }

    /** Ends the session, if nobody came back since the loss with this number. @return whether it did */
    boolean expire(int connectionsThen) {
        Room left;
        synchronized (this) {
            if (ended || connection != null || connections != connectionsThen) {
                return false;
            }
            ended = true;
            expired = true;
            left = room;
        }
        if (left != null) {
            left.leave(this);
        }
        return true;
    }

    /** Over for good. @return false when it was before */
    boolean end(ErrorCode code, String text) {
        Connection last;
        Room left;
        synchronized (this) {
            if (ended) {
                return false;
            }
            ended = true;
            last = connection;
            left = room;
            connection = null;
        }
        if (left != null) {
            left.leave(this);
        }
        if (last != null) {
            // After what was said before, by rooms on the same thread too; but whoever breaks the rules is cut off at
            // once.
            last.loop().execute(() -> close(last, code, text));
        }
        return true;
    }

    private static void close(Connection connection, ErrorCode code, String text) {
        if (code == ErrorCode.OK) {
            connection.closeQuietly();
        } else {
            connection.close(code, text);
        }
    }

    /** What could resume this session. */
    synchronized List<ByteString> tokens() {
        return Stream.of(token, tokenInDoubt).filter(Objects::nonNull).toList();
    }

    // ---- Member ----

    @Override
    public String action(int seq) {
        return id + "." + Integer.toUnsignedString(seq);
    }

    @Override
    public void answer(ServerMessage message) {
        Connection now;
        synchronized (this) {
            now = connection;
        }
        if (now != null) {
            now.post(message);
        }
    }

    @Override
    public synchronized void deliver(ServerMessage.Builder message) {
        if (ended) {
            return;
        }
        ServerMessage numbered = events.append(message);
        Connection now = connection;
        if (now != null) {
            now.post(numbered);
        }
    }

    @Override
    public void expel(ErrorCode code, String text) {
        sessions.end(this, code, text);
    }

    @Override
    public synchronized Presence entered(Room entered, MoveSlot moves) {
        if (ended) {
            return new Presence(true, null);
        }
        room = entered;
        sessions.journal().add(player.name(), Journal.What.JOINED, entered.id().name(), "");
        // Before the client hears of it and can ask for the next.
        joining.set(null);
        Connection now = connection;
        if (now != null) {
            become(now, new RoomStage(sessions, this, now, entered, moves));
        }
        return new Presence(false, now);
    }

    @Override
    public synchronized void left(Room from) {
        if (room == from) {
            room = null;
            sessions.journal().add(player.name(), Journal.What.LEFT, from.id().name(), "");
            Connection now = connection;
            if (now != null) {
                become(now, new LobbyStage(sessions, this, now));
            }
        }
    }

    @Override
    public void said(Room in, String text) {
        sessions.journal().add(player.name(), Journal.What.CHAT, in.id().name(), text);
    }

    /** In the row of what is written: what the client sends after it has read on is meant for the new stage. */
    private static void become(Connection connection, Stage stage) {
        connection.loop().execute(() -> connection.become(stage));
    }
}
