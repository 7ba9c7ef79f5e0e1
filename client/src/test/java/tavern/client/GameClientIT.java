package tavern.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Parser;
import com.google.protobuf.StringValue;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.CustomEvent;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.InventoryPage;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.Replayed;
import tavern.protocol.v1.RoomOptions;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TurnDone;
import tavern.protocol.v1.Welcome;

/** The client in a room with a game, on real sockets, against a server whose every message the test chooses. */
@Timeout(120)
class GameClientIT {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final EventLoopGroup loops = ClientTransport.loops(1);
    private final FakeServer server = new FakeServer();
    private final TavernClient client = new TavernClient(server.settings(), loops.next(), new Ear());

    GameClientIT() throws IOException {}

    private final class Ear implements GameListener<StringValue> {
        @Override
        public Parser<StringValue> parser() {
            return StringValue.parser();
        }

        @Override
        public void view(ClientRoom room, StringValue view) {
            heard.add(room.name() + " " + view.getValue());
        }

        @Override
        public void told(StringValue what) {
            heard.add(what.getValue());
        }

        @Override
        public void onDisconnected(@Nullable Error error, @Nullable Throwable cause) {
            heard.add("disconnected " + (cause == null ? "" : cause.getMessage()));
        }
    }

    @BeforeEach
    void enter() throws Exception {
        connect(false, 0);
        join(JoinOptions.ofType("cards").withTicket("friend"));
        assertThat(next()).isEqualTo("hall you have no cards");
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    @Test
    void theGameIsHeardInItsOwnMessagesBeforeTheAnswer() throws Exception {
        CompletableFuture<Void> said = client.say(StringValue.of("deal"));
        ClientMessage deal = server.read();
        assertThat(StringValue.parseFrom(deal.getCustom().getPayload()).getValue())
                .isEqualTo("deal");
        assertThat(deal.getCustom().getRequest()).isPositive();
        server.write(told("ann dealt").setRoomSeq(1));
        server.write(told("an ace for you").setSessionSeq(1));
        server.write(done(deal).setSessionSeq(2));
        get(said);
        assertThat(heard).containsExactly("ann dealt", "an ace for you");
    }

    @Test
    void theGamesRefusalHasItsCodeAndText() throws Exception {
        CompletableFuture<Void> said = client.say(StringValue.of("deal"));
        server.write(ServerMessage.newBuilder()
                .setReplyTo(server.read().getSeq())
                .setError(Error.newBuilder().setCode(ErrorCode.NOT_ALLOWED).setText("it is Ben's turn")));
        assertThatThrownBy(() -> get(said)).isInstanceOfSatisfying(TavernException.class, refused -> {
            assertThat(refused.code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            assertThat(refused.text()).isEqualTo("it is Ben's turn");
        });
    }

    @Test
    void whatIsUnderWayWhenTheConnectionBreaksIsSaidOnceMore() throws Exception {
        CompletableFuture<Void> first = client.say(StringValue.of("deal"));
        CompletableFuture<Void> second = client.say(StringValue.of("play"));
        ClientMessage deal = server.read();
        server.drop();
        assertThat(next()).startsWith("disconnected");

        connect(true, deal.getSeq());
        server.write(ServerMessage.newBuilder().setReplayed(Replayed.getDefaultInstance()));
        ClientMessage again = server.read();
        assertThat(again.getCustom()).isEqualTo(deal.getCustom());
        server.write(done(again).setSessionSeq(1));
        get(first);

        ClientMessage play = server.read();
        assertThat(play.getCustom().getRequest()).isGreaterThan(deal.getCustom().getRequest());
        server.write(done(play).setSessionSeq(2));
        get(second);
    }

    @Test
    void afterACrashOfTheServerItIsSaidAgainWhenTheRoomIsJoinedForThat() throws Exception {
        CompletableFuture<Void> said = client.say(StringValue.of("deal"));
        ClientMessage deal = server.read();
        server.drop();
        assertThat(next()).startsWith("disconnected");

        connect(false, 0);
        assertThatThrownBy(() -> get(client.say(StringValue.of("play"))))
                .isInstanceOfSatisfying(
                        TavernException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.NOT_IN_ROOM));
        join(JoinOptions.ofType("cards").repeatingSays());
        assertThat(next()).isEqualTo("hall you have no cards");
        ClientMessage again = server.read();
        assertThat(again.getCustom()).isEqualTo(deal.getCustom());
        server.write(done(again).setSessionSeq(1));
        get(said);
    }

    @Test
    void afterACrashOfTheServerItFailsWhenTheRoomIsJustJoined() throws Exception {
        CompletableFuture<Void> said = client.say(StringValue.of("deal"));
        server.read();
        server.drop();
        assertThat(next()).startsWith("disconnected");
        connect(false, 0);
        join(JoinOptions.NONE);
        assertThatThrownBy(() -> get(said)).isInstanceOf(ConnectionLostException.class);
    }

    @Test
    void aRefusedJoinLeavesThePlayerAndWhatHeSaidWhereTheyAre() throws Exception {
        CompletableFuture<Void> said = client.say(StringValue.of("deal"));
        ClientMessage deal = server.read();
        CompletableFuture<Joined> joining = client.join(
                "vault",
                JoinOptions.ofType("cards")
                        .withRoom(RoomOptions.newBuilder().setCapacity(2).build()));
        ClientMessage join = server.read();
        assertThat(join.getJoinRoom().getOptions().getCapacity()).isEqualTo(2);
        server.write(ServerMessage.newBuilder()
                .setReplyTo(join.getSeq())
                .setError(Error.newBuilder().setCode(ErrorCode.NOT_ALLOWED).setText("wrong password")));
        assertThatThrownBy(() -> get(joining)).isInstanceOf(TavernException.class);
        server.write(done(deal).setSessionSeq(1));
        get(said);
        assertThat(get(CompletableFuture.supplyAsync(
                        () -> requireNonNull(client.room()).name(), client.eventLoop())))
                .isEqualTo("hall");
    }

    @Test
    void whatTheParserCannotReadClosesTheConnection() throws Exception {
        server.write(ServerMessage.newBuilder()
                .setRoomSeq(1)
                .setCustom(CustomEvent.newBuilder().setPayload(ByteString.copyFrom(new byte[] {(byte) 0xff}))));
        assertThat(next()).startsWith("disconnected").contains("parser cannot read");
    }

    private void connect(boolean resumed, int lastClientSeq) throws Exception {
        CompletableFuture<Welcome> connecting = client.connect();
        server.accept();
        server.read();
        server.write(welcome(resumed, lastClientSeq));
        if (!resumed) {
            server.write(ServerMessage.newBuilder()
                    .setInventoryPage(InventoryPage.newBuilder().setLast(true)));
        }
        get(connecting);
    }

    private void join(JoinOptions options) throws Exception {
        CompletableFuture<Joined> joining = client.join("hall", options);
        ClientMessage message = server.read();
        JoinRoom join = message.getJoinRoom();
        assertThat(join.getType()).isEqualTo(options.type());
        assertThat(join.getTicket()).isEqualTo(options.ticket());
        assertThat(join.hasOptions()).isFalse();
        server.write(ServerMessage.newBuilder()
                .setReplyTo(message.getSeq())
                .setJoined(Joined.newBuilder()
                        .setRoom("hall")
                        .setType("cards")
                        .setView(StringValue.of("you have no cards").toByteString())));
        get(joining);
    }

    private static ServerMessage.Builder welcome(boolean resumed, int lastClientSeq) {
        return ServerMessage.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setLimits(FakeServer.PATIENT)
                        .setPlayer("ann")
                        .setResumed(resumed)
                        .setLastClientSeq(lastClientSeq)
                        .setResumeToken(ByteString.copyFromUtf8("token"))
                        .setServerTimeMs(1_000));
    }

    private static ServerMessage.Builder told(String text) {
        return ServerMessage.newBuilder()
                .setCustom(
                        CustomEvent.newBuilder().setPayload(StringValue.of(text).toByteString()));
    }

    private static ServerMessage.Builder done(ClientMessage message) {
        return ServerMessage.newBuilder().setReplyTo(message.getSeq()).setTurnDone(TurnDone.getDefaultInstance());
    }

    private String next() throws InterruptedException {
        return requireNonNull(heard.poll(60, TimeUnit.SECONDS), "nothing more came");
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
