package tavern.sim.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
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
import tavern.protocol.v1.Bye;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.Left;
import tavern.protocol.v1.Move;
import tavern.protocol.v1.Pong;
import tavern.protocol.v1.RoomList;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeResult;
import tavern.protocol.v1.Welcome;
import tavern.protocol.v1.WhisperDelivered;

/**
 * A player's end of one session with a server.
 *
 * <p>All methods may be called on any thread, but for {@link #move} and the views. Futures complete, and the listener is
 * called, on the client's event loop. A refused request fails with {@link TavernException}, one whose answer is lost with
 * {@link ConnectionLostException}.
 *
 * <p>When the connection goes, {@link #connect} resumes the session: what was missed is told in order, once; requests
 * that the server has not heard are sent again; those whose answer is gone fail. When the session cannot be resumed, a new
 * one begins, without a room, and all open requests fail.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is handled where it completes
public final class TavernClient {
    private static final long SWEEP_MILLIS = 1_000;

    private final ClientSettings settings;
    private final EventLoop loop;
    private final ClientListener listener;
    private final Requests requests;
    private final SnapshotReader snapshot = new SnapshotReader();
    private final EventNumbers numbers = new EventNumbers();

    private @Nullable Channel channel;
    private @Nullable CompletableFuture<Welcome> greeting;
    private @Nullable Future<?> sweep;
    private @Nullable Error lastError;
    private boolean live;
    private long pingDueNanos;

    private @Nullable Welcome session;
    private @Nullable RoomView room;
    private int lastSeq;

    /** @param loop the owner of all that the client holds, and the thread of its listener */
    public TavernClient(ClientSettings settings, EventLoop loop, ClientListener listener) {
        this.settings = settings;
        this.loop = loop;
        this.listener = listener;
        this.requests = new Requests(settings.requestsMax());
    }

    /** Connects and says hello; with a session that can be resumed, goes on with it. */
    public CompletableFuture<Welcome> connect() {
        CompletableFuture<Welcome> welcome = new CompletableFuture<>();
        onLoop(() -> open(welcome));
        return welcome;
    }

    /** Fails with {@link RedirectException} when the room lives on another server. */
    public CompletableFuture<Joined> join(String name) {
        return request(Messages.join(name), ServerMessage::getJoined);
    }

    public CompletableFuture<Left> leave() {
        return request(Messages.leave(), ServerMessage::getLeft);
    }

    /**
     * Asks for a page of rooms, in the order of their names.
     *
     * @param after name of the last room of the page before; empty for the first page
     */
    public CompletableFuture<RoomList> list(String prefix, String after, int max) {
        return request(Messages.list(prefix, after, max), ServerMessage::getRoomList);
    }

    /** Completes with the own copy, as all others in the room got it. */
    public CompletableFuture<ChatMessage> chat(String text) {
        return request(Messages.chat(text), ServerMessage::getChat);
    }

    public CompletableFuture<WhisperDelivered> whisper(String to, String text) {
        return request(Messages.whisper(to, text), ServerMessage::getWhisperDelivered);
    }

    /** May be repeated under the same id without harm. */
    public CompletableFuture<OfferAnswer> tradeOffer(TradeOffer offer) {
        return request(ClientMessage.newBuilder().setTradeOffer(offer), OfferAnswer::of);
    }

    public CompletableFuture<TradeResult> tradeAccept(String from, ByteString tradeId) {
        return request(Messages.accept(from, tradeId), ServerMessage::getTradeResult);
    }

    public CompletableFuture<TradeResult> tradeDecline(String from, ByteString tradeId) {
        return request(Messages.decline(from, tradeId), ServerMessage::getTradeResult);
    }

    public CompletableFuture<TradeResult> tradeCancel(ByteString tradeId) {
        return request(Messages.cancel(tradeId), ServerMessage::getTradeResult);
    }

    public CompletableFuture<Pong> ping() {
        return request(Messages.ping(System.nanoTime()), ServerMessage::getPong);
    }

    /**
     * Asks to be at a place, in 1/16 of a unit; answered only when it is not possible. On the event loop only.
     *
     * @return the message's seq, or 0 when there is no connection
     */
    public int move(int x, int y) {
        Channel open = channel;
        if (!loop.inEventLoop()) {
            throw new IllegalStateException(
                    "move belongs on the client's event loop; called on " + Thread.currentThread());
        }
        if (open == null || !live) {
            return 0;
        }
        Move move = Move.newBuilder().setX(x).setY(y).build();
        return send(open, ClientMessage.newBuilder().setMove(move));
    }

    /** Ends the session, and then the connection. */
    public void bye() {
        onLoop(() -> {
            Channel open = channel;
            if (open != null && live) {
                session = null;
                ClientMessage bye = ClientMessage.newBuilder()
                        .setSeq(++lastSeq)
                        .setBye(Bye.getDefaultInstance())
                        .build();
                open.writeAndFlush(Frames.encode(bye)).addListener(ChannelFutureListener.CLOSE);
            }
        });
    }

    /** Drops the connection without a word. The session waits to be resumed. */
    public void close() {
        onLoop(() -> {
            if (channel != null) {
                channel.close();
            }
        });
    }

    /** On the event loop only. */
    public boolean isLive() {
        return live;
    }

    /** The room as last known; null when in none. On the event loop only. */
    public @Nullable RoomView room() {
        return room;
    }

    public EventLoop eventLoop() {
        return loop;
    }

    private void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    private void open(CompletableFuture<Welcome> welcome) {
        if (greeting != null || channel != null) {
            welcome.completeExceptionally(new IllegalStateException("connected already"));
            return;
        }
        greeting = welcome;
        Transport.connect(settings, loop, new ConnectionHandler(this)).addListener((ChannelFutureListener)
                connected -> {
                    if (connected.isSuccess()) {
                        sayHello(connected.channel());
                    } else {
                        greeting = null;
                        welcome.completeExceptionally(connected.cause());
                    }
                });
    }

    private void sayHello(Channel opened) {
        channel = opened;
        lastError = null;
        if (sweep == null) {
            sweep = loop.scheduleAtFixedRate(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        }
        pingDueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.pingMillis());
        send(opened, ClientMessage.newBuilder().setHello(hello()));
        loop.schedule(
                () -> {
                    if (channel == opened && greeting != null) {
                        opened.close();
                    }
                },
                settings.requestMillis(),
                TimeUnit.MILLISECONDS);
    }

    private Hello.Builder hello() {
        Hello.Builder hello =
                Hello.newBuilder().setProtocolVersion(Protocol.VERSION_MAX).setToken(settings.token());
        // P-20, P-21: where to go on from.
        if (session != null) {
            hello.setResumeToken(session.getResumeToken()).setLastSessionSeq(numbers.session());
        }
        if (session != null && room != null) {
            hello.setLastRoom(room.name()).setLastRoomSeq(numbers.room());
        }
        return hello;
    }

    private int send(Channel open, ClientMessage.Builder message) {
        int seq = ++lastSeq;
        open.writeAndFlush(Frames.encode(message.setSeq(seq).build()), open.voidPromise());
        return seq;
    }

    private <T> CompletableFuture<T> request(ClientMessage.Builder message, Function<ServerMessage, T> body) {
        CompletableFuture<ServerMessage> answer = new CompletableFuture<>();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.requestMillis());
        onLoop(() -> ask(new Requests.Pending(message, answer, deadline)));
        return answer.thenApply(body);
    }

    private void ask(Requests.Pending pending) {
        Channel open = channel;
        if (open == null || !live) {
            pending.answer().completeExceptionally(new ConnectionLostException("there is no connection"));
        } else if (requests.isFull()) {
            pending.answer()
                    .completeExceptionally(new IllegalStateException(
                            settings.requestsMax() + " requests wait for their answers already"));
        } else {
            requests.add(send(open, pending.message()), pending);
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        requests.expire(now);
        if (live && pingDueNanos - now <= 0) {
            pingDueNanos = now + TimeUnit.MILLISECONDS.toNanos(settings.pingMillis());
            ping();
        }
        // Requests may outlive the connection, and so does what ends their wait.
        if (channel == null && requests.isEmpty() && sweep != null) {
            sweep.cancel(false);
            sweep = null;
        }
    }

    void onFrame(Channel from, ByteBuf frame) throws IOException {
        if (from != channel) {
            return;
        }
        RoomView view = room;
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
                room = new RoomView(message.getJoined());
                listener.onRoomFilled(room);
            }
            case LEFT -> room = null;
            default -> Events.tell(message, room, listener);
        }
    }

    private void welcome(Welcome welcome) {
        CompletableFuture<Welcome> waiting = greeting;
        Channel open = channel;
        if (waiting == null || open == null) {
            listener.onFault("a second welcome");
            return;
        }
        greeting = null;
        live = true;
        boolean resumed = welcome.getResumed() && session != null;
        session = welcome;
        if (!resumed) {
            room = null;
            numbers.reset();
            requests.failAll("the session was not resumed");
        }
        listener.onWelcome(welcome);
        if (resumed) {
            requests.resume(welcome.getLastClientSeq()).forEach(this::ask);
        }
        waiting.complete(welcome);
    }

    private void answer(ServerMessage message) {
        int seq = message.getReplyTo();
        if (message.hasChat()
                && session != null
                && message.getChat().getPlayer().equals(session.getPlayer())) {
            seq = message.getChat().getClientSeq();
        }
        Requests.Pending pending = seq == 0 ? null : requests.take(seq);
        if (!message.hasError()) {
            if (pending != null) {
                pending.answeredBy(message);
            }
            return;
        }
        Error error = message.getError();
        if (Protocol.closesConnection(error.getCode())) {
            lastError = error;
            if (Protocol.endsSession(error.getCode())) {
                session = null;
            }
        } else if (seq == 0 && error.getCode() == ErrorCode.ROOM_CLOSED) {
            // P-29
            room = null;
        }
        if (pending != null) {
            pending.answer().completeExceptionally(TavernException.of(error));
        } else {
            listener.onError(seq, error);
        }
    }

    void onInactive(Channel gone, @Nullable Throwable cause) {
        if (gone != channel) {
            return;
        }
        CompletableFuture<Welcome> waiting = greeting;
        channel = null;
        greeting = null;
        live = false;
        if (session == null) {
            requests.failAll("the session ended");
        }
        if (waiting != null) {
            waiting.completeExceptionally(
                    lastError != null
                            ? TavernException.of(lastError)
                            : new ConnectionLostException(
                                    "closed before the welcome" + (cause == null ? "" : ": " + cause)));
        } else {
            listener.onDisconnected(lastError, cause);
        }
    }
}
