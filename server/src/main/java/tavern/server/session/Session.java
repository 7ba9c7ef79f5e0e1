package tavern.server.session;

import com.google.protobuf.ByteString;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.List;
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
    private final SessionLink link;
    private final SessionMessages messages;
    private final Whereabouts whereabouts;
    private final Departure departure;
    private final ResumeTokens tokens;
    private final long sinceMillis;
    private volatile long login;

    /** By which the session came from another server; null for one that began here. */
    private final @Nullable String handover;

    // Written on the lane; volatile for other readers.
    private volatile long mutedUntilMillis;
    private volatile boolean ended;

    // Confined to the lane.
    private @Nullable ResumeClaim claim;
    private @Nullable Future<?> expiry;
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
        this.link = new SessionLink(lane, inbox);
        this.messages = new SessionMessages(lane, link, events);
        this.whereabouts = new Whereabouts(sessions, this, link, null, "");
        this.departure = new Departure(this, link, messages);
        this.tokens = sessions.tokensOf(this);
        this.sinceMillis = sessions.wallMillis();
        this.handover = null;
    }

    /** A session that comes from another server. @param id of the hand-over */
    Session(
            Sessions sessions,
            EventExecutor lane,
            String id,
            SessionHandover handover,
            PersonalLog events,
            RateLimiter limiter,
            long login) {
        this.sessions = sessions;
        this.login = login;
        this.lane = lane;
        this.player = new Player(new PlayerId(handover.getPlayerId()), handover.getPlayer());
        this.id = handover.getSession();
        this.handover = id;
        this.link = new SessionLink(lane, SessionInbox.of(handover, limiter));
        this.messages = new SessionMessages(lane, link, events);
        this.whereabouts = new Whereabouts(sessions, this, link, WaitingSeat.of(handover), handover.getLostRoom());
        this.departure = new Departure(this, link, messages);
        this.tokens = sessions.tokensOf(this);
        this.sinceMillis = handover.getSinceMs();
        this.welcomed = true;
        this.mutedUntilMillis = handover.getMutedUntilMs();
        messages.take(handover);
        tokens.take(handover);
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

    /** The id of the hand-over by which the session came from another server; null for one that began here. */
    @Nullable
    String handover() {
        return handover;
    }

    SessionInbox inbox() {
        return link.inbox();
    }

    /** Its connection, and the way to its inbox. */
    SessionLink link() {
        return link;
    }

    /** What it is told. */
    SessionMessages messages() {
        return messages;
    }

    /** Where its player is. */
    Whereabouts whereabouts() {
        return whereabouts;
    }

    /** Its way to another server. */
    Departure departure() {
        return departure;
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
        return whereabouts.room();
    }

    boolean isEnded() {
        return ended;
    }

    long mutedUntilMillis() {
        return mutedUntilMillis;
    }

    SessionView view() {
        Connection now = link.connection();
        Room present = room();
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
                whereabouts.send(() -> sessions.joins().send(this, to, ticket));
            }
        });
    }

    @Override
    public void left(Room from) {
        lane.execute(() -> whereabouts.left(from));
    }

    @Override
    public void said(Room in, String text) {
        sessions.journal().add(player.name(), Journal.What.CHAT, in.id().name(), text);
    }

    @Override
    public CompletionStage<Void> freeze() {
        CompletableFuture<Void> frozen = new CompletableFuture<>();
        lane.execute(() -> link.freeze().thenRun(() -> frozen.complete(null)));
        return frozen;
    }

    @Override
    public void thaw() {
        lane.execute(link::thaw);
    }

    @Override
    public void moved(Room from, Node to) {
        lane.execute(() -> {
            if (ended || !whereabouts.moved(from, to)) {
                link.thaw();
            } else if (messages.late()
                    == null) { // else it goes to another server already, and does not follow from here
                sessions.handovers().sendAfter(this);
            }
        });
    }

    // ---- in the lane ----

    /** As {@link SessionMessages#send}. */
    void send(ServerMessage message) {
        messages.send(message);
    }

    /** As {@link SessionMessages#number}. */
    void number(ServerMessage.Builder message) {
        messages.number(message);
    }

    /** The message that sends the client after a room. */
    ServerMessage redirect(int replyTo, RoomId to, Node holder) {
        return sessions.handovers().redirect(this, replyTo, to, holder);
    }

    /** Writes down what another server has to know, beside what inbox and messages tell. */
    void describe(SessionHandover.Builder handover) {
        tokens.describe(handover);
        handover.setPlayer(player.name())
                .setPlayerId(player.id().value())
                .setSession(id)
                .setSinceMs(sinceMillis)
                .setMutedUntilMs(mutedUntilMillis)
                .setLostRoom(whereabouts.lostRoom());
        WaitingSeat seat = whereabouts.waitingSeat();
        if (seat != null) {
            handover.setRoom(seat.room().name()).setRoomNode(seat.node().toString());
        }
    }

    /** @return whether that is a change */
    boolean mute(long untilMillis) {
        boolean isNew = mutedUntilMillis != untilMillis;
        mutedUntilMillis = untilMillis;
        return isNew;
    }

    /** Returns whether a client has the session, or is about to get it. */
    boolean isLive() {
        return !ended && (connection() != null || claim != null);
    }

    @Nullable
    Connection connection() {
        return link.connection();
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
        LobbyStage lobby = new LobbyStage(sessions, this, first);
        link.begin(first, lobby);
        attached(first);
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
        Connection connection = by.greeting().connection();
        link.attach(connection, next);
        attached(connection);
    }

    private void attached(Connection next) {
        cancelExpiry();
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
        if (!link.detach(lost)) {
            return false;
        }
        Room present = room();
        if (present != null) {
            present.members().detach(this, lost);
        }
        expireLater();
        return true;
    }

    /** Restarts the expiry, because a client is just resuming. */
    void expireLater() {
        cancelExpiry();
        expiry = lane.schedule(() -> sessions.expire(this), sessions.resumeSeconds(), TimeUnit.SECONDS);
    }

    void cancelExpiry() {
        if (expiry != null) {
            expiry.cancel(false);
            expiry = null;
        }
    }

    /**
     * Hands the inbox over: once {@code then} runs in the lane, the old connection delivers nothing more, and what it
     * has delivered counts. A later claim that asks for the same takes precedence.
     */
    void handOver(ResumeClaim to, @Nullable Connection previous, Runnable then) {
        link.handOver(to.greeting().connection(), previous, () -> claim == to && !ended, then);
    }

    /** Ends the session for good, once; {@link Sessions#endInLane} has taken it out of the lists by then. */
    void end(ErrorCode code, String text) {
        ended = true;
        messages.end();
        departure.decide();
        cancelExpiry();
        tokens.end();
        Room present = room();
        if (present != null) {
            present.members().leave(this);
        }
        Connection last = link.end();
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

    void note(Journal.What what, String text) {
        Room present = room();
        sessions.journal()
                .add(player.name(), what, present == null ? "" : present.id().name(), text);
    }
}
