package tavern.client;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tavern.protocol.Protocol;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.GetLeaderboard;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.InventoryPage;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.Leaderboard;
import tavern.protocol.v1.Left;
import tavern.protocol.v1.Move;
import tavern.protocol.v1.Pong;
import tavern.protocol.v1.Redirect;
import tavern.protocol.v1.RoomList;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeResult;
import tavern.protocol.v1.Welcome;
import tavern.protocol.v1.WhisperDelivered;

/**
 * The client side of a player's session.
 *
 * <p>All methods are safe on any thread, except {@link #move} and the views. Futures complete, and the listener is
 * called, on the client's event loop. A refused request fails with {@link TavernException}; one whose answer is lost
 * fails with {@link ConnectionLostException}. What is said to a room's game ({@link #say}) is carried out once, whatever is
 * lost.
 *
 * <p>When the connection is lost, {@link #connect} resumes the session: missed events are delivered in order, once;
 * requests that the server has not received are sent again; those whose answer is lost fail. When the session cannot be
 * resumed, a new one begins, without a room, and all pending requests fail.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
public final class TavernClient {
    private static final long SWEEP_MILLIS = 1_000;

    /** After a longer pause between two sweeps this thread stood still, and not the server. */
    private static final long SWEEP_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(2 * SWEEP_MILLIS);

    /** P-11: of a server that does not say how long it waits. */
    private static final int IDLE_MILLIS = 15_000;

    private static final long REJOIN_MILLIS_MIN = 200;

    private final ClientSettings settings;
    private final EventLoop loop;
    private final ClientListener listener;
    private final SnapshotReader snapshot = new SnapshotReader();
    private final EventNumbers numbers = new EventNumbers();
    private final ServerTime serverTime = new ServerTime(System::nanoTime);
    private final TimeBasedEpochGenerator tradeIds = Generators.timeBasedEpochGenerator(null, serverTime);
    private final InventoryUpdates goods;
    private final Upstream up;
    private final ServerRoute route;

    private @Nullable CompletableFuture<Welcome> greeting;
    private @Nullable Future<?> sweep;
    private @Nullable Error lastError;
    private long pingDueNanos;
    private long sweptNanos;

    /** Whether the server has said something since the last sweep. */
    private boolean isHeard;

    /** When it had said something last, seen at a sweep. */
    private long heardNanos;

    /** P-106: what connects when the client has rested. */
    private @Nullable Future<?> rest;

    /** Where the player was sent, until it is known whether a seat has waited; empty for nowhere. */
    private String roomToBe = "";

    private @Nullable Welcome session;
    private @Nullable ClientRoom room;

    /** The last join that was granted, also when its room was left since; empty for none. */
    private String joinedName = "";

    private JoinOptions joinedWith = JoinOptions.NONE;

    /** @param loop the event loop that owns the client's state and calls its listener */
    public TavernClient(ClientSettings settings, EventLoop loop, ClientListener listener) {
        this.settings = settings;
        this.loop = loop;
        this.listener = listener;
        this.goods = new InventoryUpdates(this, listener);
        this.up = new Upstream(settings, loop, serverTime::currentTimeMillis);
        this.route = new ServerRoute(settings);
    }

    /** Connects and says hello; resumes the session if there is one that can be resumed. */
    public CompletableFuture<Welcome> connect() {
        CompletableFuture<Welcome> welcome = new CompletableFuture<>();
        onLoop(() -> open(welcome));
        return welcome;
    }

    /**
     * From now on {@link #connect} goes to this server of the realm. A connection that is open stays. Call on the event loop
     * only.
     */
    public void moveTo(String host, int port) {
        route.startFrom(host, port);
    }

    /** Joins a room, on whatever server. */
    public CompletableFuture<Joined> join(String name) {
        return join(name, JoinOptions.NONE);
    }

    /**
     * Joins a room. When it lives on another server, the client goes there with its session; if it cannot, or by its settings
     * does not, this fails with {@link RedirectException}. Fails with the code and text of the room's game when that refuses;
     * then the player stays where he was.
     */
    public CompletableFuture<Joined> join(String name, JoinOptions options) {
        return request(ClientMessages.join(name, options), answer -> {
            joinedName = answer.getJoined().getRoom();
            joinedWith = options;
            up.says().joined(joinedName, options.repeatsSays());
            return answer.getJoined();
        });
    }

    /**
     * Says something to the room's game. Completes when it is carried out, and durable. What the game has told this player
     * alone because of it is heard before that; what it has told all may come before or after. Fails with {@link TavernException} when the game, or the server, refuses it: then nothing of it
     * has happened.
     *
     * <p>It is carried out once, whatever is lost: after a resume the client says it again if it has to, and after a crash of
     * the server if the room is joined with {@link JoinOptions#repeatingSays}. Only when that does not help either does it
     * fail with {@link ConnectionLostException}; then nobody can say. To try again what was refused, say it anew.
     *
     * <p>What is said while something else is under way waits its turn, and fails if the player leaves the room before.
     */
    public CompletableFuture<Void> say(MessageLite message) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        onLoop(() -> {
            ClientRoom here = room;
            if (!up.isLive()) {
                answer.completeExceptionally(new ConnectionLostException("there is no connection"));
            } else if (here == null) {
                answer.completeExceptionally(new TavernException(ErrorCode.NOT_IN_ROOM, "you are in no room", 0));
            } else {
                up.say(here.name(), message, answer);
            }
        });
        return answer;
    }

    public CompletableFuture<Left> leave() {
        return request(ClientMessages.leave(), ServerMessage::getLeft);
    }

    /**
     * Requests a page of rooms, in the order of their names.
     *
     * @param after {@code next} of the previous page; empty for the first page
     */
    public CompletableFuture<RoomList> list(String prefix, String after, int max) {
        return request(ClientMessages.list(prefix, after, max), ServerMessage::getRoomList);
    }

    /**
     * Requests a page of a game's leaderboard.
     *
     * @param board the game's name, a dot, and its name of the leaderboard
     * @param afterRank rank of the last entry of the previous page; 0 for the first page
     */
    public CompletableFuture<Leaderboard> leaderboard(String board, int afterRank) {
        return leaderboard(GetLeaderboard.newBuilder().setBoard(board).setAfterRank(afterRank));
    }

    /** Requests those around the player on a game's leaderboard; nobody if the player is not on it. */
    public CompletableFuture<Leaderboard> leaderboardAroundMe(String board) {
        return leaderboard(GetLeaderboard.newBuilder().setBoard(board).setAroundMe(true));
    }

    private CompletableFuture<Leaderboard> leaderboard(GetLeaderboard.Builder request) {
        return request(ClientMessages.leaderboard(request.build()), ServerMessage::getLeaderboard);
    }

    /**
     * Asks for all that the player owns, which {@link #inventory} and the listener then tell. The client asks by itself
     * when it has missed a change.
     */
    public CompletableFuture<InventoryPage> readInventory() {
        CompletableFuture<InventoryPage> last = new CompletableFuture<>();
        onLoop(() -> goods.read().whenComplete((page, failure) -> {
            if (failure == null) {
                last.complete(page);
            } else {
                last.completeExceptionally(failure);
            }
        }));
        return last;
    }

    CompletableFuture<InventoryPage> requestInventory() {
        return request(ClientMessages.inventory(), ServerMessage::getInventoryPage);
    }

    /** Sends a chat line. Completes with the sender's own copy of what everybody in the room received. */
    public CompletableFuture<ChatMessage> chat(String text) {
        return request(ClientMessages.chat(text), ServerMessage::getChat);
    }

    public CompletableFuture<WhisperDelivered> whisper(String to, String text) {
        return request(ClientMessages.whisper(to, text), ServerMessage::getWhisperDelivered);
    }

    /**
     * Makes an id for a new offer, by the server's time (P-57). The client must have been connected once.
     *
     * @return a UUID of version 7; each is above all earlier ones of this client, except after the server's clock was set
     *     back
     */
    public ByteString newTradeId() {
        return ClientMessages.bytes(tradeIds.generate());
    }

    /** Offers a trade. An offer may safely be repeated under the same id. */
    public CompletableFuture<OfferAnswer> tradeOffer(TradeOffer offer) {
        return request(ClientMessage.newBuilder().setTradeOffer(offer), OfferAnswer::of);
    }

    public CompletableFuture<TradeResult> tradeAccept(String from, ByteString tradeId) {
        return request(ClientMessages.accept(from, tradeId), ServerMessage::getTradeResult);
    }

    public CompletableFuture<TradeResult> tradeDecline(String from, ByteString tradeId) {
        return request(ClientMessages.decline(from, tradeId), ServerMessage::getTradeResult);
    }

    public CompletableFuture<TradeResult> tradeCancel(ByteString tradeId) {
        return request(ClientMessages.cancel(tradeId), ServerMessage::getTradeResult);
    }

    public CompletableFuture<Pong> ping() {
        return request(ClientMessages.ping(System.nanoTime()), ServerMessage::getPong);
    }

    /**
     * Requests a move to a place, in 1/16 of a unit; answered only when it is impossible. Call on the event loop only.
     *
     * @return the message's seq, or 0 when there is no connection
     */
    public int move(int x, int y) {
        if (!loop.inEventLoop()) {
            throw new IllegalStateException(
                    "move belongs on the client's event loop; called on " + Thread.currentThread());
        }
        return up.send(
                ClientMessage.newBuilder().setMove(Move.newBuilder().setX(x).setY(y)));
    }

    /** Ends the session, then closes the connection. */
    public void bye() {
        onLoop(() -> {
            endRest();
            if (up.bye()) {
                session = null;
            }
        });
    }

    /** Closes the connection without a message. The session can still be resumed. */
    public void close() {
        onLoop(() -> {
            endRest();
            Channel open = up.channel();
            if (open != null) {
                open.close();
            }
        });
    }

    private void endRest() {
        if (rest != null) {
            rest.cancel(false);
        }
    }

    /** Whether the connection is established and welcomed. Call on the event loop only. */
    public boolean isLive() {
        return up.isLive();
    }

    /** The room as last known, or null when in none. Call on the event loop only. */
    public @Nullable ClientRoom room() {
        return room;
    }

    /** What the player owns, as last told. Call on the event loop only. */
    public ClientInventory inventory() {
        return goods.inventory();
    }

    public EventLoop eventLoop() {
        return loop;
    }

    /**
     * The server's date (P-57), in milliseconds since 1970: timers of games are dates. Safe on any thread.
     *
     * @throws IllegalStateException when the client has never been connected
     */
    public long serverMillis() {
        return serverTime.currentTimeMillis();
    }

    private void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    private void open(CompletableFuture<Welcome> welcome) {
        if (greeting != null || up.channel() != null) {
            welcome.completeExceptionally(new IllegalStateException("already connected"));
            return;
        }
        greeting = welcome;
        long pauseNanos = route.pauseNanos(System.nanoTime());
        if (pauseNanos > 0) {
            // Also cancelled by the loop, when that is shut down.
            rest = loop.schedule(() -> {}, pauseNanos, TimeUnit.NANOSECONDS)
                    .addListener(over -> rested(welcome, over.isSuccess()));
        } else {
            dial(welcome);
        }
    }

    private void rested(CompletableFuture<Welcome> welcome, boolean isOver) {
        rest = null;
        if (isOver) {
            dial(welcome);
        } else {
            greeting = null;
            vain(welcome, new ConnectionLostException("closed while the client rested"));
        }
    }

    private void dial(CompletableFuture<Welcome> welcome) {
        ClientTransport.connect(settings, route, loop, new ClientHandler(this)).addListener((ChannelFutureListener)
                connected -> {
                    if (connected.isSuccess()) {
                        sayHello(connected.channel());
                    } else {
                        greeting = null;
                        if (route.step() == null) {
                            route.turnHome();
                        }
                        vain(welcome, connected.cause());
                    }
                });
    }

    // ---- to another server ----

    /** P-16, P-106. @return whether the client goes there */
    private boolean follow(Redirect to, PendingRequests.@Nullable Pending join) {
        Channel open = up.channel();
        if (!settings.followsRedirects() || open == null || !route.take(to, join, System.nanoTime())) {
            return false;
        }
        if (to.getTicket().isEmpty()) {
            // The session does not go along.
            up.bye();
            session = null;
        }
        up.closed();
        open.close();
        CompletableFuture<Welcome> waiting = greeting;
        if (waiting != null) {
            dial(waiting);
            return true;
        }
        CompletableFuture<Welcome> there = new CompletableFuture<>();
        there.whenComplete((welcome, failure) -> {
            if (failure != null) {
                listener.onDisconnected(lastError, failure);
            }
        });
        open(there);
        return true;
    }

    /** There is no Welcome. P-105: who was sent there goes back to where he was, with the next {@link #connect}. */
    private void vain(CompletableFuture<Welcome> welcome, Throwable why) {
        ServerRoute.Step step = route.step();
        if (step != null) {
            route.turnBack();
        }
        if (step != null && step.join() != null) {
            step.join().answer().completeExceptionally(new RedirectException(step.to()));
        }
        welcome.completeExceptionally(why);
    }

    private void arrived(ServerRoute.Step step) {
        route.arrived();
        listener.onServerChanged(step.to().getHost(), step.to().getPort());
        if (step.join() != null) {
            up.again(step.join());
        } else if (!step.to().getRoom().isEmpty()) {
            roomToBe = step.to().getRoom();
        }
    }

    /** P-106: the player's seat may not have waited. */
    private void replayed() {
        String wanted = roomToBe;
        roomToBe = "";
        if (!wanted.isEmpty() && (room == null || !room.name().equals(wanted))) {
            joinAsBefore(wanted);
        }
    }

    /** With what its game asked for (P-80, P-81), if this is the room that was joined last. */
    private void joinAsBefore(String name) {
        join(name, name.equals(joinedName) ? joinedWith : JoinOptions.NONE).whenComplete((joined, failure) -> {
            if (failure != null && failure.getCause() instanceof RedirectException) {
                loop.schedule(
                        () -> {
                            if (up.isLive() && room == null) {
                                joinAsBefore(name);
                            }
                        },
                        Math.max(TimeUnit.MILLISECONDS.toNanos(REJOIN_MILLIS_MIN), route.restNanos(System.nanoTime())),
                        TimeUnit.NANOSECONDS);
            }
        });
    }

    private void sayHello(Channel opened) {
        lastError = null;
        if (sweep == null) {
            sweep = loop.scheduleAtFixedRate(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        }
        up.open(opened, hello());
        loop.schedule(
                () -> {
                    if (up.channel() == opened && greeting != null) {
                        opened.close();
                    }
                },
                settings.requestMillis(),
                TimeUnit.MILLISECONDS);
    }

    private Hello.Builder hello() {
        Hello.Builder hello = Hello.newBuilder()
                .setProtocolVersion(Protocol.VERSION_MAX)
                .setToken(settings.token())
                .setFollows(settings.followsRedirects());
        // P-20, P-21: where the resumed session continues.
        if (session != null) {
            ByteString ticket = route.ticket();
            hello.setResumeToken(ticket.isEmpty() ? session.getResumeToken() : ticket)
                    .setLastSessionSeq(numbers.session());
        }
        if (session != null && room != null) {
            hello.setLastRoom(room.name()).setLastRoomSeq(numbers.room());
        }
        return hello;
    }

    private <T> CompletableFuture<T> request(ClientMessage.Builder message, Function<ServerMessage, T> body) {
        CompletableFuture<ServerMessage> answer = new CompletableFuture<>();
        onLoop(() -> up.request(message, answer));
        return answer.thenApply(body);
    }

    private void sweep() {
        long now = System.nanoTime();
        if (isHeard || now - sweptNanos > SWEEP_NANOS_MAX) {
            isHeard = false;
            heardNanos = now;
        }
        sweptNanos = now;
        up.expire(now);
        if (up.isLive() && now - heardNanos > TimeUnit.MILLISECONDS.toNanos(idleMillis())) {
            // P-11: it is gone, stands still, or cannot be reached, and the system may not notice that for hours.
            giveUp("the server was silent for " + idleMillis() + " ms");
        } else if (up.isLive() && pingDueNanos - now <= 0) {
            pingDueNanos = now + pingNanos();
            ping();
        }
        // Pending requests may outlive the connection, and so does the timer that expires them.
        if (up.isIdle() && sweep != null) {
            sweep.cancel(false);
            sweep = null;
        }
    }

    private int idleMillis() {
        int told = session == null ? 0 : session.getLimits().getIdleMs();
        return told > 0 ? told : IDLE_MILLIS;
    }

    private long pingNanos() {
        return TimeUnit.MILLISECONDS.toNanos(Math.min(settings.pingMillis(), idleMillis() / 3));
    }

    /** The connection counts as lost at once. */
    private void giveUp(String why) {
        Channel open = up.channel();
        if (open != null) {
            open.close();
            onInactive(open, new ConnectionLostException(why));
        }
    }

    /** P-11: a part of a long message is a sign of life too. */
    void onBytes(Channel from) {
        isHeard |= from == up.channel();
    }

    void onFrame(Channel from, ByteBuf frame) throws IOException {
        if (from != up.channel()) {
            return;
        }
        ClientRoom view = room;
        if (snapshot.read(frame)) {
            int unknown = view == null ? snapshot.size() : view.apply(snapshot, listener, System.nanoTime());
            if (unknown > 0) {
                listener.onFault("a snapshot moves " + unknown + " entities that are not in the room or not in view");
            }
            return;
        }
        ServerMessage message = ServerMessage.parseFrom(CodedInputStream.newInstance(frame.nioBuffer()));
        if (numbers.isNew(message, listener)) {
            receive(message);
            answer(message);
        }
    }

    private void receive(ServerMessage message) {
        switch (message.getBodyCase()) {
            case WELCOME -> welcome(message.getWelcome());
            case JOINED -> {
                Joined joined = message.getJoined();
                room = new ClientRoom(joined);
                up.says().moved(joined.getRoom());
                listener.onRoomFilled(room);
                if (!joined.getType().isEmpty()) {
                    listener.onView(room, joined.getView());
                }
            }
            case LEFT -> {
                ClientRoom before = room;
                room = null;
                up.says().moved("");
                if (before != null && message.getReplyTo() == 0) {
                    listener.onLeft(before);
                }
            }
            case REPLAYED -> {
                up.says().replayed();
                replayed();
            }
            case REDIRECT -> {} // an answer, even if nobody has asked
            case PONG -> serverTime.hear(message.getPong().getServerTimeMs());
            default -> {
                goods.heard(message);
                Events.dispatch(message, room, listener);
            }
        }
    }

    private void welcome(Welcome welcome) {
        CompletableFuture<Welcome> waiting = greeting;
        if (waiting == null) {
            listener.onFault("a second welcome");
            return;
        }
        greeting = null;
        ServerRoute.Step step = route.step();
        boolean resumed = welcome.getResumed() && session != null;
        session = welcome;
        sweptNanos = System.nanoTime();
        heardNanos = sweptNanos;
        pingDueNanos = sweptNanos + pingNanos();
        serverTime.hear(welcome.getServerTimeMs());
        // Before the listener sends anything new.
        if (resumed) {
            up.resumed(welcome.getLastClientSeq(), step != null);
        } else {
            room = null;
            numbers.reset();
            up.began();
        }
        if (step == null || !resumed) {
            listener.onWelcome(welcome);
        }
        goods.welcomed(resumed);
        if (step != null) {
            arrived(step);
        }
        if (!resumed) {
            roomToBe = ""; // the listener knows that there is no room
        }
        waiting.complete(welcome);
    }

    private void answer(ServerMessage message) {
        if (up.says().answer(message)) {
            return;
        }
        int seq = message.getReplyTo();
        if (message.hasChat()
                && session != null
                && message.getChat().getPlayer().equals(session.getPlayer())) {
            seq = message.getChat().getClientSeq();
        }
        PendingRequests.Pending pending = up.take(seq);
        if (message.hasRedirect()) {
            redirected(message, pending);
            return;
        }
        if (!message.hasError()) {
            if (pending != null) {
                pending.answeredBy(message);
            } else if (message.hasJoined()) {
                // P-35, or the answer to a join that was given up.
                up.says().joined(message.getJoined().getRoom(), false);
            }
            return;
        }
        Error error = message.getError();
        if (isOvertaken(error)) {
            close();
            return;
        }
        if (Protocol.closesConnection(error.getCode())) {
            lastError = error;
            if (Protocol.endsSession(error.getCode())) {
                session = null;
            }
        } else if (seq == 0 && error.getCode() == ErrorCode.ROOM_CLOSED) {
            // P-29: the room is gone, the session goes on without one.
            room = null;
            up.says().hold();
        } else if (greeting != null) {
            // P-5: to a Hello, not now. Another connection tries again later.
            lastError = error;
            close();
        }
        if (pending != null) {
            pending.answer().completeExceptionally(TavernException.of(error));
        } else {
            listener.onError(seq, error);
        }
    }

    private void redirected(ServerMessage message, PendingRequests.@Nullable Pending pending) {
        Redirect to = message.getRedirect();
        boolean isForSession = message.getReplyTo() != 0 || !to.getTicket().isEmpty();
        if (isForSession && follow(to, pending)) {
            return;
        }
        boolean isTooOften = isForSession && settings.followsRedirects() && route.restNanos(System.nanoTime()) > 0;
        if (pending != null) {
            pending.answeredBy(message);
        } else if (isTooOften) {
            if (greeting == null) {
                roomToBe = to.getRoom();
            }
            route.rest(System.nanoTime(), session == null ? 0 : session.getResumeMs());
            giveUp("the client was sent on too often");
        } else if (greeting == null) {
            listener.onOther(message);
        } else if (settings.followsRedirects()) {
            giveUp("the server sends the client elsewhere");
        }
        // P-102: to a client that does not follow, SERVER_FULL comes next.
    }

    /** P-22: an earlier try of this Hello got the session, which goes on. This connection counts as lost: the next one resumes. */
    private boolean isOvertaken(Error error) {
        return error.getCode() == ErrorCode.SESSION_REPLACED && greeting != null && session != null;
    }

    void onInactive(Channel gone, @Nullable Throwable cause) {
        if (gone != up.channel()) {
            return;
        }
        CompletableFuture<Welcome> waiting = greeting;
        greeting = null;
        up.closed();
        if (session == null) {
            up.sessionEnded();
        }
        if (waiting != null) {
            vain(
                    waiting,
                    lastError != null
                            ? TavernException.of(lastError)
                            : new ConnectionLostException(
                                    "closed before the welcome" + (cause == null ? "" : ": " + cause)));
        } else {
            listener.onDisconnected(lastError, cause);
        }
    }
}
