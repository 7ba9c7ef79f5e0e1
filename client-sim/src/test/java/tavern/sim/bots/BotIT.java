package tavern.sim.bots;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tavern.client.ClientTransport;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.FullState;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.InventoryPage;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.Left;
import tavern.protocol.v1.Limits;
import tavern.protocol.v1.Redirect;
import tavern.protocol.v1.Replayed;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Welcome;
import tavern.sim.measure.SecondsTimeline;

/** A bot that moves fifty times a second, on real sockets, against a server whose every message the test chooses. */
@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored") // a failure shows in what the bot says, or does not
class BotIT {
    private static final int MILLIS_MAX = 10_000;

    /** Twenty-five moves, and five times what a bot waits before it joins again. */
    private static final int QUIET_MILLIS = 500;

    private static final String BOT = "run-0";

    private final EventLoopGroup loops = ClientTransport.loops(1);
    private final ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private Socket connection = new Socket();

    BotIT() throws IOException {}

    @BeforeEach
    void enter() throws Exception {
        BotSettings settings = new BotSettings(
                List.of(InetSocketAddress.createUnresolved("127.0.0.1", listening.getLocalPort())),
                1,
                1,
                Duration.ofMinutes(1),
                50,
                0,
                0,
                0,
                42,
                1,
                "room-",
                "run",
                UnaryOperator.identity(),
                null,
                null,
                null);
        BotLoop home = new BotLoop(loops.next(), new SecondsTimeline(1), BotLog.none());
        BotRoom room = new BotRoom("hall", "run", List.of(BOT), home.tally());
        Bot bot = new Bot(settings, 0, 0, room, home);
        room.add(bot);
        home.add(room);
        home.loop().submit(bot::enter).sync();
        accept();
        assertThat(hear().hasHello()).isTrue();
        tell(welcome(false, 0));
        tell(ServerMessage.newBuilder()
                .setInventoryPage(InventoryPage.newBuilder()
                        .setPart(Inventory.newBuilder().setVersion(1))
                        .setLast(true)));
        seat(7);
        home.loop().submit(home::startLoad).sync();
        assertThat(hear().hasMove()).isTrue();
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        listening.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    @Test
    void afterAResumeItMovesOnlyWhenItKnowsWhoOwnsItsRoom() throws Exception {
        tell(ServerMessage.newBuilder()
                .setRedirect(Redirect.newBuilder()
                        .setHost("127.0.0.1")
                        .setPort(listening.getLocalPort())
                        .setRoom("hall")
                        .setTicket(ByteString.copyFromUtf8("ticket"))));
        resume("ticket");
        assertThat(hearSoon()).as("the room is not told yet").isNull();
        tell(ServerMessage.newBuilder().setJoined(joined(8)));
        tell(ServerMessage.newBuilder().setReplayed(Replayed.getDefaultInstance()));
        assertThat(hear().hasMove()).isTrue();

        connection.close();
        resume("own");
        assertThat(hearSoon()).as("the room is not told yet").isNull();
        tell(ServerMessage.newBuilder().setFullState(state()));
        tell(ServerMessage.newBuilder().setReplayed(Replayed.getDefaultInstance()));
        assertThat(hear().hasMove()).isTrue();
    }

    @Test
    void aSeatThatIsLostIsTakenAgainAndWhoIsPutOutStaysOut() throws Exception {
        tell(left());
        seat(7);
        assertThat(hear().hasMove()).isTrue();

        tell(ServerMessage.newBuilder().setError(Error.newBuilder().setCode(ErrorCode.NOT_ALLOWED)));
        tell(left());
        ClientMessage next = hearSoon();
        while (next != null && next.hasMove()) {
            next = hearSoon();
        }
        assertThat(next).isNull();
    }

    /** P-23. */
    @Test
    void whoHearsAfterAResumeThatTheJoinWasDoneIsInTheRoom() throws Exception {
        tell(left());
        hearJoin();
        connection.close();
        resume("own");
        // It asks again, and the answer to that takes its time.
        hearJoin();
        tell(ServerMessage.newBuilder().setJoined(joined(7)));
        tell(ServerMessage.newBuilder().setReplayed(Replayed.getDefaultInstance()));
        assertThat(hear().hasMove()).isTrue();
    }

    private void seat(long fence) throws IOException {
        tell(ServerMessage.newBuilder().setReplyTo(hearJoin().getSeq()).setJoined(joined(fence)));
    }

    /** Until it asks to be let in. */
    private ClientMessage hearJoin() throws IOException {
        ClientMessage next = hear();
        while (next.hasMove()) {
            next = hear();
        }
        assertThat(next.getJoinRoom().getRoom()).isEqualTo("hall");
        return next;
    }

    private void resume(String token) throws IOException {
        accept();
        ClientMessage hello = hear();
        assertThat(hello.getHello().getResumeToken().toStringUtf8()).isEqualTo(token);
        tell(welcome(true, hello.getSeq() - 1));
    }

    private static ServerMessage.Builder welcome(boolean resumed, int lastClientSeq) {
        return ServerMessage.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setPlayer(BOT)
                        .setTickHz(10)
                        .setResumeToken(ByteString.copyFromUtf8("own"))
                        .setResumed(resumed)
                        .setLastClientSeq(lastClientSeq)
                        .setLimits(Limits.newBuilder().setIdleMs(60_000).setOpenOffersMax(8)));
    }

    private static Joined.Builder joined(long fence) {
        return Joined.newBuilder()
                .setRoom("hall")
                .setSelf(1)
                .setFence(fence)
                .setMapWidth(16_000)
                .setMapHeight(16_000)
                .setMaxSpeed(160)
                .setState(state());
    }

    private static FullState.Builder state() {
        return FullState.newBuilder()
                .addEntities(
                        Entity.newBuilder().setId(1).setPlayer(BOT).setX(8_000).setY(8_000));
    }

    private static ServerMessage.Builder left() {
        return ServerMessage.newBuilder().setLeft(Left.newBuilder().setRoom("hall"));
    }

    private void accept() throws IOException {
        listening.setSoTimeout(MILLIS_MAX);
        connection = listening.accept();
    }

    private void tell(ServerMessage.Builder message) throws IOException {
        message.build().writeDelimitedTo(connection.getOutputStream());
    }

    private ClientMessage hear() throws IOException {
        return requireNonNull(hearWithin(MILLIS_MAX), "the bot says nothing");
    }

    /** Returns what the bot says next, or null when it keeps quiet. */
    private @Nullable ClientMessage hearSoon() throws IOException {
        return hearWithin(QUIET_MILLIS);
    }

    private @Nullable ClientMessage hearWithin(int millis) throws IOException {
        connection.setSoTimeout(millis);
        try {
            return requireNonNull(
                    ClientMessage.parseDelimitedFrom(connection.getInputStream()), "the bot has closed the connection");
        } catch (SocketTimeoutException quiet) {
            return null;
        }
    }
}
