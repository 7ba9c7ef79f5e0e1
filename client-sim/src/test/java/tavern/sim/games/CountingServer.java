package tavern.sim.games;

import com.google.protobuf.Int64Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Custom;
import tavern.protocol.v1.CustomEvent;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.InventoryPage;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.Pong;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TurnDone;
import tavern.protocol.v1.Welcome;

/**
 * As much of a server as bots need, with a game that counts what each player says. It keeps no sessions: each connection
 * begins a new one, but what was carried out stays, as after a crash.
 */
final class CountingServer implements AutoCloseable {
    static final long SERVER_MILLIS = 1_000_000;

    /** Refused when said. */
    static final int TOO_MUCH = 2;

    private record Kept(long count, long request) {
        private static final Kept NOTHING = new Kept(0, 0);
    }

    private final ServerSocket listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();
    private final Map<String, Player> players = new ConcurrentHashMap<>();
    private final Set<String> tickets = ConcurrentHashMap.newKeySet();
    private final String type;
    private final int lostEvery;
    private final ErrorCode refusal;

    /**
     * @param type of all rooms
     * @param lostEvery how many turns there are for one that is carried out but not told
     * @param refusal the answer to what is too much
     */
    CountingServer(String type, int lostEvery, ErrorCode refusal) throws IOException {
        this.type = type;
        this.lostEvery = lostEvery;
        this.refusal = refusal;
        threads.execute(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** The tickets with which rooms were joined. */
    Set<String> tickets() {
        return tickets;
    }

    long counted() {
        return kept.values().stream().mapToLong(Kept::count).sum();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket connection = listening.accept();
                threads.execute(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = connection.getInputStream();
            OutputStream out = connection.getOutputStream();
            Player player = new Player(out);
            for (ClientMessage message = ClientMessage.parseDelimitedFrom(in);
                    message != null && !message.hasBye();
                    message = ClientMessage.parseDelimitedFrom(in)) {
                // One message at a time, and of a player's newest connection only.
                synchronized (kept) {
                    player.hear(message);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // The bot has dropped the connection.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        threads.shutdownNow();
    }

    private final class Player {
        private final OutputStream out;
        private String name = "";
        private long events;

        Player(OutputStream out) {
            this.out = out;
        }

        void hear(ClientMessage message) {
            if (!message.hasHello() && players.get(name) != this) {
                return;
            }
            ServerMessage.Builder answer = ServerMessage.newBuilder().setReplyTo(message.getSeq());
            switch (message.getBodyCase()) {
                case HELLO -> {
                    name = message.getHello().getToken();
                    players.put(name, this);
                    send(ServerMessage.newBuilder()
                            .setWelcome(Welcome.newBuilder().setPlayer(name).setServerTimeMs(SERVER_MILLIS)));
                    send(ServerMessage.newBuilder()
                            .setInventoryPage(InventoryPage.newBuilder()
                                    .setPart(Inventory.newBuilder().setVersion(1))
                                    .setLast(true)));
                }
                case JOIN_ROOM -> {
                    tickets.add(message.getJoinRoom().getTicket().toStringUtf8());
                    send(answer.setJoined(Joined.newBuilder()
                            .setRoom(message.getJoinRoom().getRoom())
                            .setType(type)
                            .setView(Int64Value.of(kept().count()).toByteString())));
                }
                case CUSTOM -> answer(message.getCustom(), answer);
                case PING -> send(answer.setPong(Pong.newBuilder().setServerTimeMs(SERVER_MILLIS)));
                default -> throw new IllegalStateException("unexpected: " + message);
            }
        }

        private Kept kept() {
            return kept.getOrDefault(name, Kept.NOTHING);
        }

        private void answer(Custom custom, ServerMessage.Builder answer) {
            Kept before = kept();
            boolean isTooMuch =
                    custom.getPayload().equals(Int64Value.of(TOO_MUCH).toByteString());
            if (isTooMuch && custom.getRequest() > before.request()) {
                send(answer.setError(Error.newBuilder().setCode(refusal).setText("too much")));
                return;
            }
            if (custom.getRequest() > before.request()) {
                long count = before.count() + 1;
                kept.put(name, new Kept(count, custom.getRequest()));
                if (count % lostEvery != 0) {
                    send(ServerMessage.newBuilder()
                            .setSessionSeq(++events)
                            .setCustom(CustomEvent.newBuilder()
                                    .setPayload(Int64Value.of(count).toByteString())));
                }
            }
            send(answer.setSessionSeq(++events).setTurnDone(TurnDone.getDefaultInstance()));
        }

        private void send(ServerMessage.Builder message) {
            try {
                message.build().writeDelimitedTo(out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
