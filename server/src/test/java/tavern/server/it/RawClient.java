package tavern.server.it;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import tavern.protocol.Protocol;
import tavern.protocol.v1.Chat;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.GetInventory;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.LeaveRoom;
import tavern.protocol.v1.Move;
import tavern.protocol.v1.Ping;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeAccept;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeResult;
import tavern.protocol.v1.Welcome;

/**
 * Speaks the protocol over a plain blocking socket, without any of the server's own code, and can also send rubbish. Any
 * thread may send; one thread reads.
 */
public final class RawClient implements AutoCloseable {
    /** As long as a busy machine may take: a test whose answer comes never waits for it. */
    private static final int READ_MILLIS_MAX = 30_000;

    /** Seldom enough not to be taken for flooding. */
    private static final Duration AGAIN = Duration.ofMillis(50);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final List<ServerMessage> skipped = new ArrayList<>();
    private int seq;
    private long lastRoomSeq;
    private long lastSessionSeq;
    private final ToldInventory told = new ToldInventory();
    private @Nullable Welcome welcome;
    private String room = "";

    public RawClient(InetSocketAddress server) throws IOException {
        this(server, 0);
    }

    /** @param receiveBytes the size of the socket's buffer, small for a slow reader, or 0 for the system's default */
    public RawClient(InetSocketAddress server, int receiveBytes) throws IOException {
        socket = new Socket();
        if (receiveBytes > 0) {
            socket.setReceiveBufferSize(receiveBytes);
        }
        socket.connect(server, READ_MILLIS_MAX);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_MILLIS_MAX);
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    /** Speaks over a connection that exists, in whatever carries its bytes. */
    RawClient(Socket socket, InputStream in, OutputStream out) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_MILLIS_MAX);
        this.socket = socket;
        this.in = in;
        this.out = out;
    }

    /** How long a read may take; thirty seconds unless set. */
    public void patience(Duration read) throws IOException {
        socket.setSoTimeout((int) read.toMillis());
    }

    // ---- sending ----

    public void sendBytes(byte... bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** Sends with the next seq, and returns that. */
    public synchronized int send(ClientMessage.Builder message) throws IOException {
        // P-10: 0 is no number.
        seq = seq == -1 ? 1 : seq + 1;
        sendAs(seq, message);
        return seq;
    }

    public synchronized void sendAs(int number, ClientMessage.Builder message) throws IOException {
        message.setSeq(number).build().writeDelimitedTo(out);
        out.flush();
    }

    /** The last seq that was sent. */
    public int seq() {
        return seq;
    }

    public void seq(int number) {
        seq = number;
    }

    public Welcome login(String player) throws IOException {
        return hello(Hello.newBuilder().setProtocolVersion(Protocol.VERSION_MAX).setToken(player));
    }

    /** Says Hello, again while the server takes the lost connection for a live one (P-20) or the store is silent. */
    public Welcome hello(Hello.Builder hello) throws IOException {
        ServerMessage answer =
                answerAtLast(() -> send(ClientMessage.newBuilder().setHello(hello)));
        if (!answer.hasWelcome()) {
            throw new IOException("no Welcome but " + answer);
        }
        return welcomed(answer.getWelcome());
    }

    /** Reads the answer to a Hello that was sent before. */
    public Welcome welcomed() throws IOException {
        return welcomed(expect(ServerMessage::hasWelcome).getWelcome());
    }

    /** P-56: after the Welcome of a new session, reads on until the pages of the inventory are here. */
    private Welcome welcomed(Welcome answer) throws IOException {
        welcome = answer;
        if (!answer.getResumed()) {
            lastSessionSeq = 0;
            lastRoomSeq = 0;
            room = "";
            if (!told.isWhole()) {
                expect(RawClient::isLastPage);
            }
        }
        return answer;
    }

    private static boolean isLastPage(ServerMessage message) {
        return message.getInventoryPage().getLast();
    }

    /** What the player owns, by what was told so far. */
    public Inventory inventory() {
        if (!told.isWhole()) {
            throw new AssertionError("changes are missing, and pages were not asked for");
        }
        return told.inventory();
    }

    /** Whether no change is missing in what was told. */
    public boolean isInventoryWhole() {
        return told.isWhole();
    }

    /** Asks for all that the player owns; the pages follow. */
    public int askInventory() throws IOException {
        return send(ClientMessage.newBuilder().setGetInventory(GetInventory.getDefaultInstance()));
    }

    /** Asks for all that the player owns, and reads it. */
    public Inventory readInventory() throws IOException {
        ServerMessage answer = answerTo(askInventory());
        if (!isLastPage(answer)) {
            throw new AssertionError("no inventory but " + answer);
        }
        return inventory();
    }

    /** The first of the player's items. */
    public long firstItem() {
        return inventory().getItems(0).getId();
    }

    public Joined join(String name) throws IOException {
        ServerMessage answer = answerTo(askJoin(name));
        if (!answer.hasJoined()) {
            throw new AssertionError("not in room " + name + " but " + answer);
        }
        return answer.getJoined();
    }

    public int askJoin(String name) throws IOException {
        return send(ClientMessage.newBuilder().setJoinRoom(JoinRoom.newBuilder().setRoom(name)));
    }

    public int leave() throws IOException {
        return send(ClientMessage.newBuilder().setLeaveRoom(LeaveRoom.getDefaultInstance()));
    }

    public int chat(String text) throws IOException {
        return send(ClientMessage.newBuilder().setChat(Chat.newBuilder().setText(text)));
    }

    public int move(int x, int y) throws IOException {
        return send(ClientMessage.newBuilder().setMove(Move.newBuilder().setX(x).setY(y)));
    }

    public int ping(long nonce) throws IOException {
        return send(ClientMessage.newBuilder().setPing(Ping.newBuilder().setNonce(nonce)));
    }

    public int offer(UUID id, String to, Goods give, Goods want) throws IOException {
        return send(ClientMessage.newBuilder()
                .setTradeOffer(TradeOffer.newBuilder()
                        .setTradeId(bytes(id))
                        .setTo(to)
                        .setGive(give)
                        .setWant(want)));
    }

    /** Makes an offer, again while the store is silent. @return the first other answer */
    public ServerMessage offered(UUID id, String to, Goods give, Goods want) throws IOException {
        return answerAtLast(() -> offer(id, to, give, want));
    }

    public int accept(UUID id, String from) throws IOException {
        return send(ClientMessage.newBuilder()
                .setTradeAccept(TradeAccept.newBuilder().setFrom(from).setTradeId(bytes(id))));
    }

    public static ByteString bytes(UUID id) {
        ByteBuffer bytes = ByteBuffer.allocate(16);
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return ByteString.copyFrom(bytes.flip());
    }

    static UUID uuid(ByteString bytes) {
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    public static Goods stacks(Map<String, Long> counts) {
        Goods.Builder goods = Goods.newBuilder();
        counts.forEach((kind, count) ->
                goods.addStacks(Stack.newBuilder().setKind(kind).setCount(count)));
        return goods.build();
    }

    public static Goods gold(long count) {
        return stacks(Map.of("gold", count));
    }

    public static Goods item(long id) {
        return Goods.newBuilder().addItemIds(id).build();
    }

    // ---- receiving ----

    /** Reads the next message, whatever it is. @throws EOFException when the server has closed the connection */
    public ServerMessage read() throws IOException {
        ServerMessage message;
        try {
            message = ServerMessage.parseDelimitedFrom(in);
        } catch (SocketException e) {
            throw new EOFException(e.getMessage());
        }
        if (message == null) {
            throw new EOFException("the server closed the connection");
        }
        note(message);
        return message;
    }

    private void note(ServerMessage message) {
        told.heard(message);
        if (message.getSessionSeq() != 0) {
            if (message.getSessionSeq() != lastSessionSeq + 1) {
                throw new AssertionError("session_seq " + message.getSessionSeq() + " after " + lastSessionSeq);
            }
            lastSessionSeq = message.getSessionSeq();
        }
        if (message.hasJoined()) {
            room = message.getJoined().getRoom();
            lastRoomSeq = message.getRoomSeq();
        } else if (message.hasLeft()) {
            room = "";
        } else if (message.getRoomSeq() != 0) {
            if (message.getRoomSeq() != lastRoomSeq + 1) {
                throw new AssertionError("room_seq " + message.getRoomSeq() + " after " + lastRoomSeq);
            }
            lastRoomSeq = message.getRoomSeq();
        }
    }

    /** Reads until a message fits; the others are kept for {@link #skipped}. */
    public ServerMessage expect(Predicate<ServerMessage> wanted) throws IOException {
        while (true) {
            ServerMessage message = read();
            if (wanted.test(message)) {
                return message;
            }
            if (!message.hasInventoryPage()) {
                skipped.add(message);
            }
        }
    }

    public ServerMessage answerTo(int asked) throws IOException {
        return expect(message -> message.getReplyTo() == asked);
    }

    /**
     * Asks again while the answer is to try again later.
     *
     * @param question sends the request and returns its number
     * @return the first other answer
     */
    ServerMessage answerAtLast(Callable<Integer> question) throws IOException {
        try {
            return await("another answer than to try again later")
                    .dontCatchUncaughtExceptions()
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(AGAIN)
                    .atMost(Duration.ofMillis(READ_MILLIS_MAX))
                    .until(
                            () -> answerTo(question.call()),
                            answer -> !isForLater(answer.getError().getCode()));
        } catch (ConditionTimeoutException e) {
            throw new IOException("always told to try again later", e);
        }
    }

    private static boolean isForLater(ErrorCode code) {
        return code == ErrorCode.BUSY || code == ErrorCode.UNAVAILABLE;
    }

    /** Reads the answer to a request, which must be an error. */
    public ErrorCode errorTo(int asked) throws IOException {
        ServerMessage answer = answerTo(asked);
        if (!answer.hasError()) {
            throw new AssertionError("no error but " + answer);
        }
        return answer.getError().getCode();
    }

    public TradeResult tradeResult(UUID id) throws IOException {
        return expect(message -> message.hasTradeResult()
                        && message.getTradeResult().getTradeId().equals(bytes(id)))
                .getTradeResult();
    }

    /** Reads until the server closes the connection. @return the last error before that, or OK if there was none */
    public ErrorCode closedWith() throws IOException {
        ErrorCode last = ErrorCode.OK;
        try {
            while (true) {
                ServerMessage message = read();
                if (message.hasError()) {
                    last = message.getError().getCode();
                }
            }
        } catch (EOFException e) {
            return last;
        }
    }

    /** The messages that {@link #expect} has passed over since the last call, oldest first. */
    public List<ServerMessage> skipped() {
        List<ServerMessage> messages = List.copyOf(skipped);
        skipped.clear();
        return messages;
    }

    // ---- resuming ----

    public Welcome welcome() {
        if (welcome == null) {
            throw new IllegalStateException("not logged in");
        }
        return welcome;
    }

    public boolean isLoggedIn() {
        return welcome != null;
    }

    public long lastRoomSeq() {
        return lastRoomSeq;
    }

    public long lastSessionSeq() {
        return lastSessionSeq;
    }

    /** Resumes this client's session over a new connection. */
    public RawClient resumed(InetSocketAddress server) throws IOException {
        RawClient next = successor(server);
        next.hello(helloAgain());
        return next;
    }

    /** P-105: goes on at another server, with a ticket for it. */
    public RawClient moved(InetSocketAddress server, ByteString ticket) throws IOException {
        RawClient next = successor(server);
        next.hello(helloAgain().setResumeToken(ticket));
        return next;
    }

    /** Opens a new connection that knows what this client knows, and has not said Hello. */
    public RawClient successor(InetSocketAddress server) throws IOException {
        RawClient next = new RawClient(server);
        next.seq = seq;
        next.room = room;
        next.lastRoomSeq = lastRoomSeq;
        next.lastSessionSeq = lastSessionSeq;
        next.told.follow(told);
        return next;
    }

    /** The Hello with which a client resumes this one's session. */
    public Hello.Builder helloAgain() {
        return Hello.newBuilder()
                .setProtocolVersion(Protocol.VERSION_MAX)
                .setToken(welcome().getPlayer())
                .setResumeToken(welcome().getResumeToken())
                .setLastRoom(room)
                .setLastRoomSeq(lastRoomSeq)
                .setLastSessionSeq(lastSessionSeq);
    }

    /** Resets the connection without a word, as when a network fails. */
    public void cut() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
