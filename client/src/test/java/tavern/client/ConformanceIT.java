package tavern.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tavern.protocol.RecordedSession;
import tavern.protocol.UuidV7;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ListRooms;
import tavern.protocol.v1.Ping;
import tavern.protocol.v1.Welcome;

/**
 * The client plays each session in {@code docs/recordings} against a server that sends what was recorded. The client
 * must send the recorded messages, and report and know what is expected (docs/CONFORMANCE.md).
 */
@Timeout(value = ConformanceIT.TEST_MILLIS_MAX, unit = TimeUnit.MILLISECONDS)
@SuppressWarnings("FutureReturnValueIgnored")
class ConformanceIT {
    static final long TEST_MILLIS_MAX = 30_000;

    private static final Path RECORDINGS = Path.of("../docs/recordings");

    private final EventLoopGroup loops = ClientTransport.loops(1);
    private final FakeServer server = new FakeServer();
    private final ConformanceView view = new ConformanceView();
    private long serverMillis;

    ConformanceIT() throws IOException {}

    static List<Path> recordings() throws IOException {
        try (Stream<Path> files = Files.list(RECORDINGS)) {
            List<Path> sorted = files.sorted().toList();
            assertThat(sorted).hasSizeGreaterThan(5);
            return sorted;
        }
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void theClientSaysAndKnowsWhatItMust(Path file) throws Exception {
        RecordedSession session = RecordedSession.read(file);
        TavernClient client = new TavernClient(server.settings(session.player()), loops.next(), view);
        for (RecordedSession.Step step : session.steps()) {
            play(client, step);
        }
        assertThat(view.faults()).isEmpty();
    }

    private void play(TavernClient client, RecordedSession.Step step) throws Exception {
        if (step instanceof RecordedSession.Opened) {
            CompletableFuture<Welcome> greeting = client.connect();
            view.connecting(greeting);
            server.accept();
        } else if (step instanceof RecordedSession.Sent sent) {
            send(client, sent.message());
            assertThat(comparable(server.read())).isEqualTo(comparable(sent.message()));
        } else if (step instanceof RecordedSession.Heard heard) {
            server.writeFrame(heard.frame());
            if (heard.message().hasWelcome()) {
                serverMillis = heard.message().getWelcome().getServerTimeMs();
            }
        } else if (step instanceof RecordedSession.Closed) {
            server.drop();
            soon().until(view::isDisconnected);
        } else if (step instanceof RecordedSession.Expected expected) {
            soon().untilAsserted(() -> assertThat(view(client, expected)).isEqualTo(expected.view()));
            view.forget();
        }
    }

    private Object view(TavernClient client, RecordedSession.Expected expected)
            throws ExecutionException, InterruptedException {
        boolean isOpen = expected.view().has("room");
        return client.eventLoop().submit(() -> view.now(client, isOpen)).get();
    }

    /** Calls the client so that it sends this message. */
    private void send(TavernClient client, ClientMessage message) throws Exception {
        int seq = message.getSeq();
        if (!message.hasHello()) {
            soon().until(view::isConnected);
        }
        switch (message.getBodyCase()) {
            // The client sends its Hello by itself.
            case HELLO -> {}
            case MOVE -> {
                int x = message.getMove().getX();
                int y = message.getMove().getY();
                client.eventLoop().submit(() -> client.move(x, y)).get();
            }
            case BYE -> client.bye();
            case PING -> view.requested(seq, client.ping());
            case JOIN_ROOM ->
                view.requested(seq, client.join(message.getJoinRoom().getRoom()));
            case LEAVE_ROOM -> view.requested(seq, client.leave());
            case LIST_ROOMS -> {
                ListRooms list = message.getListRooms();
                view.requested(seq, client.list(list.getPrefix(), list.getAfter(), list.getMax()));
            }
            case GET_INVENTORY -> view.requested(seq, client.readInventory());
            case CHAT -> view.requested(seq, client.chat(message.getChat().getText()));
            case WHISPER ->
                view.requested(
                        seq,
                        client.whisper(
                                message.getWhisper().getTo(),
                                message.getWhisper().getText()));
            case TRADE_OFFER -> {
                assertThat(millis(client.newTradeId()))
                        .as("P-57: an id by the time of the server, which is not that of this machine")
                        .isBetween(serverMillis, serverMillis + TEST_MILLIS_MAX);
                view.requested(seq, client.tradeOffer(message.getTradeOffer()));
            }
            case TRADE_ACCEPT ->
                view.requested(
                        seq,
                        client.tradeAccept(
                                message.getTradeAccept().getFrom(),
                                message.getTradeAccept().getTradeId()));
            case TRADE_DECLINE ->
                view.requested(
                        seq,
                        client.tradeDecline(
                                message.getTradeDecline().getFrom(),
                                message.getTradeDecline().getTradeId()));
            case TRADE_CANCEL ->
                view.requested(seq, client.tradeCancel(message.getTradeCancel().getTradeId()));
            default -> throw new IllegalArgumentException("this client cannot send " + message);
        }
    }

    private static long millis(ByteString tradeId) {
        ByteBuffer halves = tradeId.asReadOnlyByteBuffer();
        return UuidV7.millis(new UUID(halves.getLong(), halves.getLong()));
    }

    /** Polls at once and often: most of what is awaited is already there. */
    private static ConditionFactory soon() {
        return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
    }

    /** Removes what may differ: the nonce of a ping is the client's choice. */
    private static ClientMessage comparable(ClientMessage message) {
        ClientMessage.Builder comparable = message.toBuilder();
        if (message.hasPing()) {
            comparable.setPing(Ping.getDefaultInstance());
        } else if (message.hasHello()) {
            comparable.getHelloBuilder().clearFollows();
        }
        return comparable.build();
    }
}
