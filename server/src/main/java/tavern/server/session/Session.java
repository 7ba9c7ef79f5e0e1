package tavern.server.session;

import com.google.protobuf.ByteString;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.room.InventoryPages;
import tavern.server.room.MoveSlot;
import tavern.server.room.Room;
import tavern.server.room.RoomMember;

/**
 * A player who is present, over one connection or several in turn.
 *
 * <p>Everything that happens to it is a task on its lane, one event loop ({@link Lanes}); rooms, other players,
 * operators and the store put their tasks there. Only the {@link SessionInbox} belongs to the loop of the connection.
 * What happens in a room goes through the room's mailbox, in the order in which the lane sent it.
 */
public final class Session implements RoomMember {
    private final Sessions sessions;
    private final EventExecutor lane;
    private final Player player;
    private final String id;
    private final PersonalLog events;
    private final SessionInbox inbox;
    private final ResumeTokens tokens;
    private final long sinceMillis;
    private volatile long login;

    // Written on the lane; volatile for other readers.
    private volatile long mutedUntilMillis;
    private volatile @Nullable Connection connection;
    private volatile @Nullable Room room;
    private volatile boolean ended;

    // Confined to the lane.
    private @Nullable SessionStage stage;
    private EventExecutor inboxLoop;
    private @Nullable ResumeClaim claim;
    private @Nullable Future<?> expiry;
    private boolean moving;
    private boolean forgetting;
    private boolean welcomed;

    /** @param login its number in the realm */
    Session(
            Sessions sessions,
            EventExecutor lane,
            Player player,
            String id,
            PersonalLog events,
            SessionInbox inbox,
            long login) {
        this.sessions = sessions;
        this.login = login;
        this.lane = lane;
        this.player = player;
        this.id = id;
        this.events = events;
        this.inbox = inbox;
        this.tokens = sessions.tokensOf(this);
        this.sinceMillis = sessions.wallMillis();
        this.inboxLoop = lane;
    }

    @Override
    public Player player() {
        return player;
    }

    String id() {
        return id;
    }

    /** The number of the login by which the session began; larger than those of the player's logins before. */
    long login() {
        return login;
    }

    /** A newer login of the player here has come to nothing, and the session goes on in its place. */
    void login(long newer) {
        login = newer;
    }

    SessionInbox inbox() {
        return inbox;
    }

    EventExecutor lane() {
        return lane;
    }

    ResumeTokens tokens() {
        return tokens;
    }

    // ---- any thread ----

    /** Runs a task in the lane. */
    void inLane(Runnable task) {
        lane.execute(task);
    }

    /** Runs a query in the lane; if it throws, the returned stage fails. */
    <T> CompletionStage<T> askLane(Supplier<CompletionStage<T>> question) {
        return CompletableFuture.supplyAsync(question, lane).thenCompose(answer -> answer);
    }

    @Nullable
    Room room() {
        return room;
    }

    boolean isEnded() {
        return ended;
    }

    long mutedUntilMillis() {
        return mutedUntilMillis;
    }

    SessionView view() {
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

    @Override
    public String action(int seq) {
        return id + "." + Integer.toUnsignedString(seq);
    }

    @Override
    public void answer(ServerMessage message) {
        lane.execute(() -> send(message));
    }

    @Override
    public void deliver(ServerMessage.Builder message) {
        lane.execute(() -> number(message));
    }

    @Override
    public void behind(Runnable task) {
        lane.execute(task);
    }

    @Override
    public void expel(ErrorCode code, String text) {
        sessions.end(this, code, text);
    }

    @Override
    public void send(RoomId to, ByteString ticket) {
        lane.execute(() -> {
            if (!ended) {
                sessions.joins().send(this, to, ticket);
            }
        });
    }

    @Override
    public void left(Room from) {
        lane.execute(() -> leftRoom(from));
    }

    @Override
    public void said(Room in, String text) {
        sessions.journal().add(player.name(), Journal.What.CHAT, in.id().name(), text);
    }

    // ---- in the lane ----

    /** Sends behind everything that rooms on the same thread have sent to everybody before. */
    void send(ServerMessage message) {
        Connection now = connection;
        if (now != null) {
            now.post(message);
        }
    }

    void number(ServerMessage.Builder message) {
        if (!ended) {
            send(events.append(message));
            forgetOldEvents();
        }
    }

    /** Frees the memory of events that are too old for any resume, even when no others come. */
    private void forgetOldEvents() {
        if (ended || forgetting) {
            return;
        }
        long waitMillis = events.forgetOld();
        forgetting = waitMillis > 0;
        if (forgetting) {
            lane.schedule(
                    () -> {
                        forgetting = false;
                        forgetOldEvents();
                    },
                    waitMillis,
                    TimeUnit.MILLISECONDS);
        }
    }

    /** @return whether that is a change */
    boolean mute(long untilMillis) {
        boolean isNew = mutedUntilMillis != untilMillis;
        mutedUntilMillis = untilMillis;
        return isNew;
    }

    /** Returns whether everything that a client missed after this personal event can be replayed. */
    boolean covers(long lastSeq) {
        return events.covers(lastSeq);
    }

    List<ServerMessage> missedAfter(long lastSeq) {
        return events.after(lastSeq);
    }

    long lastEvent() {
        return events.lastSeq();
    }

    /** Returns whether a client has the session, or is about to get it. */
    boolean isLive() {
        return !ended && (connection != null || claim != null);
    }

    @Nullable
    Connection connection() {
        return connection;
    }

    @Nullable
    ResumeClaim claim() {
        return claim;
    }

    /** Sets the newest Hello that asks for the session. */
    void claim(@Nullable ResumeClaim newest) {
        claim = newest;
    }

    /** Starts on the first connection. @param goods the pages that follow the Welcome (P-56) */
    void begin(Connection first, ServerMessage welcome, InventoryPages goods, ByteString token) {
        tokens.offer(token);
        tokens.renew(null, token);
        attach(first, new LobbyStage(sessions, this, first));
        inboxLoop = first.loop();
        SessionStage lobby = Objects.requireNonNull(stage);
        first.loop().execute(() -> {
            if (first.isOpen()) {
                lobby.greet(welcome, List.of());
                first.sendPaced(goods);
            } else {
                sessions.end(this, ErrorCode.OK, "gone before Welcome");
            }
        });
    }

    /** A claim has got the session, which resumes over this connection; its loop sends the Welcome. */
    void goOn(ResumeClaim by, SessionStage next, ByteString fresh) {
        claim = null;
        tokens.renew(by.greeting().hello().getResumeToken(), fresh);
        attach(by.greeting().connection(), next);
    }

    private void attach(Connection next, SessionStage first) {
        if (expiry != null) {
            expiry.cancel(false);
            expiry = null;
        }
        connection = next;
        stage = first;
        note(
                welcomed ? Journal.What.RESUMED : Journal.What.CONNECTED,
                "session " + id + " from " + next.address().getHostAddress());
        welcomed = true;
    }

    /**
     * The connection is gone, or taken away; the session waits for another. @return false when it was not the present
     * one
     */
    boolean detach(Connection lost) {
        if (connection != lost) {
            return false;
        }
        connection = null;
        Room present = room;
        if (present != null) {
            present.detach(this, lost);
        }
        expireLater();
        return true;
    }

    /** Restarts the expiry, because a client is just resuming. */
    void expireLater() {
        if (expiry != null) {
            expiry.cancel(false);
        }
        expiry = lane.schedule(() -> sessions.expire(this), sessions.resumeSeconds(), TimeUnit.SECONDS);
    }

    /**
     * Hands the inbox over: once {@code then} runs in the lane, the old connection delivers nothing more, and what it
     * has delivered counts. A later claim that asks for the same takes precedence.
     */
    void handOver(ResumeClaim to, @Nullable Connection previous, Runnable then) {
        inboxLoop.execute(() -> {
            if (previous != null) {
                previous.closeQuietly();
            }
            lane.execute(() -> {
                if (claim == to && !ended) {
                    inboxLoop = to.greeting().connection().loop();
                }
                then.run();
            });
        });
    }

    /** Ends the session for good, once; {@link Sessions#endInLane} has taken it out of the lists by then. */
    void end(ErrorCode code, String text) {
        ended = true;
        events.close();
        if (expiry != null) {
            expiry.cancel(false);
        }
        tokens.end();
        Room present = room;
        if (present != null) {
            present.leave(this);
        }
        Connection last = connection;
        connection = null;
        if (last != null) {
            // After everything sent before, also by rooms on the same thread; but a client that breaks the rules is cut
            // off at once.
            last.loop().execute(() -> close(last, code, text));
        }
    }

    private static void close(Connection connection, ErrorCode code, String text) {
        if (code == ErrorCode.OK) {
            connection.closeQuietly();
        } else {
            connection.close(code, text);
        }
    }

    // ---- in the lane: from room to room ----

    /** Returns whether the player is moving from one room to another, at anybody's request. */
    boolean isMoving() {
        return moving;
    }

    /** One move at a time: the inbox is held meanwhile. */
    void beginMoving() {
        moving = true;
    }

    /** The move has ended, successfully or not: the client's requests that came meanwhile are carried out now. */
    void endMoving() {
        moving = false;
        release();
    }

    /** Holds the inbox, then continues in the lane. */
    CompletionStage<Void> hold() {
        CompletableFuture<Void> held = new CompletableFuture<>();
        inboxLoop.execute(() -> {
            inbox.hold();
            lane.execute(() -> held.complete(null));
        });
        return held;
    }

    void release() {
        SessionStage now = stage;
        if (!ended && now != null) {
            inboxLoop.execute(() -> inbox.release(now));
        }
    }

    /**
     * The player is joining this room: from now on, what else happens to the player is passed to it, behind the join.
     */
    void entering(Room into) {
        room = into;
    }

    /** The player has a seat, perhaps one from before. */
    void entered(Room into, MoveSlot moves) {
        if (stage != null) {
            become(new RoomStage(sessions, this, stage.connection, into, moves));
        }
    }

    /** The player got no seat. */
    void notEntered(Room into) {
        if (room == into) {
            room = null;
        }
    }

    private void leftRoom(Room from) {
        if (room != from) {
            return;
        }
        note(Journal.What.LEFT, "");
        room = null;
        if (stage != null && !ended) {
            become(new LobbyStage(sessions, this, stage.connection));
        }
    }

    private void become(SessionStage next) {
        stage = next;
        next.connection.loop().execute(() -> next.connection.become(next));
    }

    void note(Journal.What what, String text) {
        Room present = room;
        sessions.journal()
                .add(player.name(), what, present == null ? "" : present.id().name(), text);
    }
}
