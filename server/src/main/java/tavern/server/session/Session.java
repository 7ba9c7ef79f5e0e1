package tavern.server.session;

import com.google.protobuf.ByteString;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.SessionHandover;
import tavern.server.cluster.Node;
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
    private static final int EARLY_MAX = 256;
    private static final long EARLIER_MILLIS_MAX = 5_000;

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

    /** The player's room has moved, and the session has not followed yet. The inbox is frozen meanwhile. */
    private @Nullable WaitingSeat waitingSeat;

    /** Where the room with the waiting seat sends the player; the first such order counts. */
    private @Nullable Runnable onceSeated;

    /** What is told to the session while events that were told to it earlier, elsewhere, are still to come. */
    private @Nullable List<ServerMessage.Builder> early;

    private @Nullable CompletableFuture<Void> earlierEvents;

    /** Another server is about to get the session; completes once that is decided. */
    private @Nullable CompletableFuture<Void> given;

    private boolean isStopped;

    /** What came too late for another server to which the session is going, or has gone. */
    private @Nullable LateMessages late;

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

    /** A session that comes from another server. */
    Session(
            Sessions sessions,
            EventExecutor lane,
            SessionHandover handover,
            PersonalLog events,
            RateLimiter limiter,
            long login) {
        this.sessions = sessions;
        this.login = login;
        this.lane = lane;
        this.player = new Player(new PlayerId(handover.getPlayerId()), handover.getPlayer());
        this.id = handover.getSession();
        this.events = events;
        this.inbox = SessionInbox.of(handover, limiter);
        this.tokens = sessions.tokensOf(this);
        this.sinceMillis = handover.getSinceMs();
        this.inboxLoop = lane;
        this.welcomed = true;
        this.mutedUntilMillis = handover.getMutedUntilMs();
        events.take(handover.getLastSessionSeq(), handover.getEventsList());
        tokens.take(handover);
        if (!handover.getRoom().isEmpty()) {
            waitingSeat = new WaitingSeat(new RoomId(handover.getRoom()), Node.parse(handover.getRoomNode()));
        }
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
            if (ended) {
                return;
            }
            if (waitingSeat == null) {
                sessions.joins().send(this, to, ticket);
            } else if (onceSeated == null) {
                // The room that sends the player on has given the seat that waited, and the lane does not know of it
                // yet.
                onceSeated = () -> sessions.joins().send(this, to, ticket);
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

    @Override
    public CompletionStage<Void> freeze() {
        CompletableFuture<Void> frozen = new CompletableFuture<>();
        lane.execute(() -> inboxLoop.execute(() -> inbox.freeze(() -> frozen.complete(null))));
        return frozen;
    }

    @Override
    public void thaw() {
        lane.execute(this::thawInLane);
    }

    @Override
    public void moved(Room from, Node to) {
        lane.execute(() -> {
            if (ended || room != from) {
                thawInLane();
                return;
            }
            room = null;
            waitingSeat = new WaitingSeat(from.id(), to);
            if (stage != null) {
                become(new LobbyStage(sessions, this, stage.connection));
            }
            if (late == null) { // else it goes to another server already, and does not follow from here
                sessions.handovers().sendAfter(this);
            }
        });
    }

    // ---- in the lane ----

    private void thawInLane() {
        SessionStage now = stage;
        if (!ended) {
            inboxLoop.execute(() -> inbox.thaw(now));
        }
    }

    // ---- in the lane: to another server, and from one ----

    ServerMessage redirect(int replyTo, RoomId to, Node holder) {
        return sessions.handovers().redirect(this, replyTo, to, holder);
    }

    @Nullable
    WaitingSeat waitingSeat() {
        return waitingSeat;
    }

    /** The seat on the other server is given up, or taken. */
    void noWaitingSeat() {
        if (waitingSeat != null) {
            waitingSeat = null;
            onceSeated = null;
            thawInLane();
        }
    }

    /** The session has come from another server, and its seat waited here. */
    void seated(Room there) {
        Runnable next = onceSeated;
        noWaitingSeat();
        room = there;
        if (next != null) {
            next.run();
        }
    }

    /** Returns whether the session is going to another server, or has gone. */
    boolean isGoing() {
        return given != null || late != null;
    }

    /** Another server is about to get the session; undone by {@link #stay}. */
    void give() {
        given = new CompletableFuture<>();
    }

    /** Completes in the lane once the session is here, or has ended here; not while it is going to another server. */
    CompletionStage<Void> decided() {
        return given == null ? CompletableFuture.completedFuture(null) : given;
    }

    private void decide() {
        CompletableFuture<Void> waiting = given;
        given = null;
        if (waiting != null) {
            waiting.complete(null);
        }
    }

    /**
     * Takes the connection away and lets requests under way end; completes in the lane, with what the inbox has to tell.
     * Undone by {@link #stay}.
     */
    CompletionStage<SessionHandover.Builder> stopIntake() {
        isStopped = true;
        Connection previous = connection;
        if (previous != null) {
            detach(previous);
        }
        CompletableFuture<SessionHandover.Builder> told = new CompletableFuture<>();
        inboxLoop.execute(() -> {
            if (previous != null) {
                previous.closeQuietly();
            }
            inbox.freeze(() -> {
                SessionHandover.Builder handover = SessionHandover.newBuilder();
                inbox.describe(handover);
                lane.execute(() -> told.complete(handover));
            });
        });
        return told;
    }

    /**
     * Writes down what another server has to know. From now on, what is told to the session waits.
     *
     * @param handover with what the inbox has told
     * @param lastSeen the number of the newest event that the client has
     */
    SessionHandover going(SessionHandover.Builder handover, long lastSeen, LateMessages waiting) {
        late = waiting;
        if (expiry != null) {
            expiry.cancel(false);
        }
        tokens.describe(handover);
        handover.setPlayer(player.name())
                .setPlayerId(player.id().value())
                .setSession(id)
                .setSinceMs(sinceMillis)
                .setMutedUntilMs(mutedUntilMillis)
                .setLastSessionSeq(events.lastSeq())
                .addAllEvents(events.after(lastSeen));
        if (waitingSeat != null) {
            handover.setRoom(waitingSeat.room().name())
                    .setRoomNode(waitingSeat.node().toString());
        }
        return handover.build();
    }

    /** The other server did not take the session: it goes on here, and waits for a client. */
    void stay() {
        LateMessages waiting = late;
        late = null;
        if (isStopped) {
            isStopped = false;
            thawInLane();
        }
        if (waiting != null) {
            waiting.giveBack();
        }
        if (!ended && connection == null) {
            expireLater();
        }
        decide();
    }

    long eventBytes() {
        return events.bytes();
    }

    /** Sends behind everything that rooms on the same thread have sent to everybody before. */
    void send(ServerMessage message) {
        Connection now = connection;
        if (late != null) {
            if (!message.hasRedirect()) { // its ticket is good for a session that is here
                late.add(LateMessages.Kind.ANSWER, message);
            }
        } else if (now != null) {
            now.post(message);
        }
    }

    void number(ServerMessage.Builder message) {
        if (late != null) {
            late.add(LateMessages.Kind.EVENT, message.build());
        } else if (early != null && early.size() < EARLY_MAX) {
            early.add(message);
        } else {
            numberNow(message);
        }
    }

    private void numberNow(ServerMessage.Builder message) {
        if (!ended) {
            send(events.append(message));
            forgetOldEvents();
        }
    }

    /** P-104: what the server on which the session was has been told comes first, and what is told here waits. */
    void awaitEarlierEvents() {
        early = new ArrayList<>();
        earlierEvents = new CompletableFuture<>();
        lane.schedule(this::endOfEarlierEvents, EARLIER_MILLIS_MAX, TimeUnit.MILLISECONDS);
    }

    private void endOfEarlierEvents() {
        List<ServerMessage.Builder> all = early;
        early = null;
        if (all != null) {
            all.forEach(this::numberNow);
        }
        if (earlierEvents != null) {
            earlierEvents.complete(null);
        }
    }

    /** Completes in the lane once all that the session was told elsewhere is here. */
    CompletionStage<Void> earlierEvents() {
        return earlierEvents == null ? CompletableFuture.completedFuture(null) : earlierEvents;
    }

    /** Another server has brought what was told to the session there. */
    void brought(LateMessages.Kind kind, ServerMessage message) {
        switch (kind) {
            case EVENT -> {
                if (late != null) {
                    late.add(kind, message);
                } else {
                    numberNow(message.toBuilder());
                }
            }
            case ANSWER -> send(message);
            case ALL -> endOfEarlierEvents();
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

    /** Whoever has lost the session meets it at another server, if it was going there. */
    @Nullable
    LateMessages late() {
        return late;
    }

    /** Ends the session for good, once; {@link Sessions#endInLane} has taken it out of the lists by then. */
    void end(ErrorCode code, String text) {
        ended = true;
        decide();
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
        if (!ended) {
            inboxLoop.execute(() -> inbox.release(now));
        }
    }

    /**
     * The player is joining this room: from now on, what else happens to the player is passed to it, behind the join.
     */
    void entering(Room into) {
        noWaitingSeat();
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
