package tavern.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.Left;
import tavern.protocol.v1.Limits;
import tavern.protocol.v1.Redirect;
import tavern.protocol.v1.Replayed;
import tavern.protocol.v1.RoomList;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Welcome;
import tavern.protocol.v1.WhisperDelivered;
import tavern.protocol.v1.WhisperReceived;

/** The client, on real sockets, against a server whose every message the test chooses. */
@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored")
class TavernClientIT {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final EventLoopGroup loops = ClientTransport.loops(1);
    private final FakeServer server = new FakeServer();
    private final TavernClient client = new TavernClient(server.settings(), loops.next(), new Ear());

    TavernClientIT() throws IOException {}

    private final class Ear implements ClientListener {
        @Override
        public void onChat(ChatMessage chat, long roomSeq) {
            heard.add("chat " + chat.getText() + " " + roomSeq);
        }

        @Override
        public void onWhisper(WhisperReceived whisper) {
            heard.add("whisper " + whisper.getText());
        }

        @Override
        public void onGap(boolean ofRoom, long expected, long received) {
            heard.add("gap " + expected + " " + received);
        }

        @Override
        public void onRepeat(boolean ofRoom, long received) {
            heard.add("repeat " + received);
        }

        @Override
        public void onError(int seq, Error error) {
            heard.add("error " + error.getCode());
        }

        @Override
        public void onLeft(ClientRoom room) {
            heard.add("left " + room.name());
        }

        @Override
        public void onServerChanged(String host, int port) {
            heard.add("moved");
        }

        @Override
        public void onDisconnected(@Nullable Error error, @Nullable Throwable cause) {
            heard.add("disconnected");
        }
    }

    @BeforeEach
    void logIn() throws Exception {
        welcome(client);
    }

    private void welcome(TavernClient one) throws Exception {
        CompletableFuture<Welcome> connecting = one.connect();
        server.accept();
        ClientMessage hello = server.read();
        assertThat(hello.getSeq()).isEqualTo(1);
        assertThat(hello.getHello().getToken()).isEqualTo("ann");
        assertThat(hello.getHello().getResumeToken()).isEqualTo(ByteString.EMPTY);
        server.write(welcome(false, 0, "first"));
        assertThat(get(connecting).getPlayer()).isEqualTo("ann");
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    @Test
    void answersFindTheirRequestsInWhateverOrder() throws Exception {
        CompletableFuture<RoomList> list = client.list("", "", 10);
        CompletableFuture<WhisperDelivered> whisper = client.whisper("bob", "psst");
        int listSeq = server.read().getSeq();
        int whisperSeq = server.read().getSeq();
        assertThat(List.of(listSeq, whisperSeq)).containsExactly(2, 3);
        server.write(ServerMessage.newBuilder()
                .setReplyTo(whisperSeq)
                .setSessionSeq(1)
                .setWhisperDelivered(WhisperDelivered.newBuilder().setTo("bob")));
        server.write(ServerMessage.newBuilder()
                .setReplyTo(listSeq)
                .setRoomList(RoomList.newBuilder().setMore(true)));
        assertThat(get(whisper).getTo()).isEqualTo("bob");
        assertThat(get(list).getMore()).isTrue();
    }

    @Test
    void aServerThatIsSilentDespitePingsIsGivenUp() throws Exception {
        server.drop();
        hears("disconnected");
        CompletableFuture<Welcome> resuming = client.connect();
        server.accept();
        server.read();
        ServerMessage.Builder welcome = welcome(true, 1, "second");
        welcome.getWelcomeBuilder().setLimits(Limits.newBuilder().setIdleMs(1_500));
        server.write(welcome);
        get(resuming);
        assertThat(server.read().hasGetInventory()).isTrue();
        assertThat(server.read().hasPing()).isTrue();
        while (!server.isAtEnd()) {
            // It asks again.
        }
        hears("disconnected");
        // Its session is not lost with that.
        CompletableFuture<Welcome> back = client.connect();
        server.accept();
        assertThat(server.read().getHello().getResumeToken()).isEqualTo(ByteString.copyFromUtf8("second"));
        server.write(welcome(true, 1, "third"));
        assertThat(get(back).getResumed()).isTrue();
    }

    @Test
    void aRefusalIsATypedExceptionWithItsHint() throws Exception {
        CompletableFuture<RoomList> list = client.list("", "", 10);
        int seq = server.read().getSeq();
        server.write(ServerMessage.newBuilder()
                .setReplyTo(seq)
                .setError(Error.newBuilder().setCode(ErrorCode.RATE_LIMITED).setRetryAfterMs(250)));
        assertThatThrownBy(() -> get(list)).isInstanceOfSatisfying(TavernException.class, refused -> {
            assertThat(refused.code()).isEqualTo(ErrorCode.RATE_LIMITED);
            assertThat(refused.retryAfterMillis()).isEqualTo(250);
        });
    }

    private static Redirect.Builder redirect(ClientSettings to) {
        return Redirect.newBuilder()
                .setHost(to.host())
                .setPort(to.port())
                .setRoom("hall")
                .setTicket(ByteString.copyFromUtf8("ticket"));
    }

    @Test
    void aJoinIsMadeAgainAtTheServerOfTheRoom() throws Exception {
        try (FakeServer other = new FakeServer()) {
            CompletableFuture<Joined> joined = client.join("hall");
            CompletableFuture<WhisperDelivered> whisper = client.whisper("bob", "psst");
            int joinSeq = server.read().getSeq();
            int whisperSeq = server.read().getSeq();
            server.write(ServerMessage.newBuilder().setReplyTo(joinSeq).setRedirect(redirect(other.settings())));
            other.accept();
            ClientMessage hello = other.read();
            assertThat(hello.getSeq()).isEqualTo(whisperSeq + 1);
            assertThat(hello.getHello().getResumeToken().toStringUtf8()).isEqualTo("ticket");
            other.write(welcome(true, whisperSeq, "second"));
            ClientMessage again = other.read();
            if (again.hasGetInventory()) {
                again = other.read();
            }
            assertThat(again.getJoinRoom().getRoom()).isEqualTo("hall");
            other.write(ServerMessage.newBuilder()
                    .setReplyTo(whisperSeq)
                    .setSessionSeq(1)
                    .setWhisperDelivered(WhisperDelivered.newBuilder().setTo("bob")));
            other.write(ServerMessage.newBuilder()
                    .setReplyTo(again.getSeq())
                    .setJoined(Joined.newBuilder().setRoom("hall")));
            assertThat(get(joined).getRoom()).isEqualTo("hall");
            assertThat(get(whisper).getTo()).isEqualTo("bob");
        }
    }

    @Test
    void whereNobodyIsThereIsNothingToFollow() throws Exception {
        FakeServer gone = new FakeServer();
        ClientSettings nowhere = gone.settings();
        gone.close();
        CompletableFuture<Joined> joined = client.join("hall");
        server.write(
                ServerMessage.newBuilder().setReplyTo(server.read().getSeq()).setRedirect(redirect(nowhere)));
        assertThatThrownBy(() -> get(joined))
                .isInstanceOfSatisfying(
                        RedirectException.class,
                        elsewhere -> assertThat(elsewhere.redirect().getPort()).isEqualTo(nowhere.port()));
        hears("disconnected");
        CompletableFuture<Welcome> back = client.connect();
        server.accept();
        ClientMessage hello = server.read();
        assertThat(hello.getHello().getResumeToken().toStringUtf8()).isEqualTo("first");
        server.write(welcome(true, hello.getSeq() - 1, "second"));
        assertThat(get(back).getResumed()).isTrue();
    }

    @Test
    void aHelloThatIsSentOnInVainIsSaidWhereTheClientWas() throws Exception {
        FakeServer gone = new FakeServer();
        ClientSettings nowhere = gone.settings();
        gone.close();
        server.drop();
        hears("disconnected");
        CompletableFuture<Welcome> vain = client.connect();
        server.accept();
        int helloSeq = server.read().getSeq();
        server.write(ServerMessage.newBuilder().setReplyTo(helloSeq).setRedirect(redirect(nowhere)));
        assertThatThrownBy(() -> get(vain)).isInstanceOf(IOException.class);

        CompletableFuture<Welcome> back = client.connect();
        server.accept();
        ClientMessage hello = server.read();
        assertThat(hello.getSeq()).isEqualTo(helloSeq);
        assertThat(hello.getHello().getResumeToken().toStringUtf8()).isEqualTo("first");
        server.write(welcome(true, helloSeq - 1, "second"));
        assertThat(get(back).getResumed()).isTrue();
    }

    @Test
    void whoIsSentToAndFroRestsAndGoesOnWithTheSession() throws Exception {
        server.drop();
        hears("disconnected");
        long begun = System.nanoTime();
        sendToAndFro(client);
        CompletableFuture<Welcome> closed = client.connect();
        client.close();
        assertThatThrownBy(() -> get(closed)).isInstanceOf(ConnectionLostException.class);

        CompletableFuture<Welcome> back = client.connect();
        server.accept();
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(10));
        ClientMessage hello = server.read();
        assertThat(hello.getHello().getFollows()).isTrue();
        assertThat(hello.getHello().getResumeToken().toStringUtf8()).isEqualTo("first");
        server.write(welcome(true, hello.getSeq() - 1, "second"));
        assertThat(get(back).getResumed()).isTrue();
    }

    @Test
    void whoRestsIsToldWhenTheRestEndsWithByeOrWithTheLoop() throws Exception {
        EventLoopGroup own = ClientTransport.loops(1);
        TavernClient tired = new TavernClient(server.settings(), own.next(), new Ear());
        sendToAndFro(tired);
        CompletableFuture<Welcome> ended = tired.connect();
        tired.bye();
        assertThatThrownBy(() -> get(ended)).isInstanceOf(ConnectionLostException.class);
        CompletableFuture<Welcome> orphaned = tired.connect();
        own.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        assertThatThrownBy(() -> get(orphaned)).isInstanceOf(ConnectionLostException.class);
    }

    private void sendToAndFro(TavernClient one) throws Exception {
        CompletableFuture<Welcome> vain = one.connect();
        for (int hop = 0; hop <= 5; hop++) {
            server.accept();
            ClientMessage hello = server.read();
            assertThat(hello.getHello().getFollows()).isTrue();
            server.write(
                    ServerMessage.newBuilder().setReplyTo(hello.getSeq()).setRedirect(redirect(server.settings())));
        }
        assertThatThrownBy(() -> get(vain)).isInstanceOf(ConnectionLostException.class);
    }

    @Test
    void whoDoesNotFollowHearsThatTheServerIsFull() throws Exception {
        TavernClient stays = new TavernClient(server.settings().withoutFollowing(), loops.next(), new Ear());
        CompletableFuture<Welcome> vain = stays.connect();
        server.accept();
        int helloSeq = server.read().getSeq();
        server.write(ServerMessage.newBuilder().setReplyTo(helloSeq).setRedirect(redirect(server.settings())));
        server.write(ServerMessage.newBuilder()
                .setReplyTo(helloSeq)
                .setError(Error.newBuilder().setCode(ErrorCode.SERVER_FULL)));
        assertThatThrownBy(() -> get(vain))
                .isInstanceOfSatisfying(
                        TavernException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.SERVER_FULL));
    }

    @Test
    void whoIsSentOnUnaskedTooOftenLosesNeitherTheSessionNorTheRoom() throws Exception {
        CompletableFuture<Joined> joining = client.join("hall");
        server.write(ServerMessage.newBuilder()
                .setReplyTo(server.read().getSeq())
                .setJoined(Joined.newBuilder().setRoom("hall")));
        get(joining);
        long begun = System.nanoTime();
        for (int hop = 0; hop < 5; hop++) {
            server.write(ServerMessage.newBuilder().setRedirect(redirect(server.settings())));
            server.accept();
            ServerMessage.Builder welcome = welcome(true, server.read().getSeq() - 1, "next");
            welcome.getWelcomeBuilder().setResumeMs(2_000);
            server.write(welcome);
            hears("moved");
        }
        long sentLast = System.nanoTime();
        server.write(ServerMessage.newBuilder().setRedirect(redirect(server.settings())));
        hears("disconnected");
        client.connect();
        server.accept();
        long now = System.nanoTime();
        assertThat(now - sentLast).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
        assertThat(now - begun)
                .as("the session does not wait for ten seconds")
                .isLessThan(TimeUnit.SECONDS.toNanos(10));
        ClientMessage hello = server.read();
        assertThat(hello.getHello().getFollows()).isTrue();
        assertThat(hello.getHello().getResumeToken().toStringUtf8()).isEqualTo("next");
        assertThat(hello.getHello().getLastRoom()).isEqualTo("hall");
        // The seat has gone on and is not here.
        server.write(welcome(true, hello.getSeq() - 1, "last"));
        server.write(left(0));
        server.write(ServerMessage.newBuilder().setReplayed(Replayed.getDefaultInstance()));
        ClientMessage join = server.read();
        assertThat((join.hasGetInventory() ? server.read() : join).getJoinRoom().getRoom())
                .isEqualTo("hall");
    }

    @Test
    void aRoomThatLeadsNowhereIsNotJoinedAgainAtOnce() throws Exception {
        server.write(ServerMessage.newBuilder().setRedirect(redirect(server.settings())));
        server.accept();
        server.write(welcome(true, server.read().getSeq() - 1, "second"));
        server.write(ServerMessage.newBuilder().setReplayed(Replayed.getDefaultInstance()));
        int joinSeq = joinSeq();
        long begun = System.nanoTime();
        for (int i = 0; i < 5; i++) {
            server.write(ServerMessage.newBuilder().setReplyTo(joinSeq).setRedirect(Redirect.getDefaultInstance()));
            joinSeq = joinSeq();
        }
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
    }

    private int joinSeq() throws IOException {
        ClientMessage join = server.read();
        if (join.hasGetInventory()) {
            join = server.read();
        }
        assertThat(join.getJoinRoom().getRoom()).isEqualTo("hall");
        return join.getSeq();
    }

    @Test
    void whereNoSeatHasWaitedTheRoomIsJoinedWithItsOptions() throws Exception {
        CompletableFuture<Joined> joining =
                client.join("hall", JoinOptions.ofType("cards").withTicket("friend"));
        server.write(ServerMessage.newBuilder()
                .setReplyTo(server.read().getSeq())
                .setJoined(Joined.newBuilder().setRoom("hall")));
        get(joining);
        try (FakeServer other = new FakeServer()) {
            server.write(ServerMessage.newBuilder().setRedirect(redirect(other.settings())));
            other.accept();
            ClientMessage hello = other.read();
            other.write(welcome(true, hello.getSeq() - 1, "second"));
            other.write(left(0));
            other.write(ServerMessage.newBuilder().setReplayed(Replayed.getDefaultInstance()));
            ClientMessage join = other.read();
            if (join.hasGetInventory()) {
                join = other.read();
            }
            assertThat(join.getJoinRoom().getRoom()).isEqualTo("hall");
            assertThat(join.getJoinRoom().getType()).isEqualTo("cards");
            assertThat(join.getJoinRoom().getTicket().toStringUtf8()).isEqualTo("friend");
            hears("moved", "left hall");
        }
    }

    @Test
    void whoIsPutOutOfARoomHearsItAndWhy() throws Exception {
        join();
        server.write(ServerMessage.newBuilder().setError(Error.newBuilder().setCode(ErrorCode.NOT_ALLOWED)));
        server.write(left(0));
        hears("error NOT_ALLOWED", "left hall");
        assertThat(onLoop(client::room)).isEmpty();
        client.list("", "", 1);
        assertThat(server.read().hasListRooms())
                .as("it does not join by itself")
                .isTrue();
    }

    @Test
    void whoLeavesIsNotToldThatHeWasPutOut() throws Exception {
        join();
        CompletableFuture<Left> leaving = client.leave();
        server.write(left(server.read().getSeq()));
        assertThat(get(leaving).getRoom()).isEqualTo("hall");
        server.write(left(0));
        server.write(ServerMessage.newBuilder()
                .setSessionSeq(1)
                .setWhisper(WhisperReceived.newBuilder().setText("first of all")));
        hears("whisper first of all");
    }

    @Test
    void chatCompletesWithItsOwnCopyAndNotWithSomebodyElses() throws Exception {
        join();
        CompletableFuture<ChatMessage> chat = client.chat("hi");
        int seq = server.read().getSeq();
        server.write(chat("bob", "hi", seq, 11));
        server.write(chat("ann", "hi", seq, 12));
        assertThat(get(chat).getPlayer()).isEqualTo("ann");
        hears("chat hi 11", "chat hi 12");
    }

    @Test
    void aRequestThatIsNotAnsweredFailsInTime() throws Exception {
        TavernClient hasty = new TavernClient(server.settings().withRequestMillis(3_000), loops.next(), new Ear());
        welcome(hasty);
        CompletableFuture<RoomList> list = hasty.list("", "", 10);
        assertThatThrownBy(() -> get(list)).isInstanceOf(ConnectionLostException.class);
        hasty.close();
    }

    @Test
    void gapsAndRepeatsOfNumberedEventsAreTold() throws Exception {
        join();
        server.write(chat("bob", "a", 1, 11));
        server.write(chat("bob", "a", 1, 11));
        server.write(chat("bob", "b", 2, 14));
        hears("chat a 11", "repeat 11", "gap 12 14", "chat b 14");
    }

    @Test
    void aResumeGoesOnWhereTheConnectionBroke() throws Exception {
        join();
        server.write(chat("bob", "a", 1, 11));
        hears("chat a 11");
        CompletableFuture<RoomList> list = client.list("", "", 10);
        CompletableFuture<WhisperDelivered> whisper = client.whisper("bob", "psst");
        CompletableFuture<ChatMessage> unheard = client.chat("still here");
        int listSeq = server.read().getSeq();
        int whisperSeq = server.read().getSeq();
        server.read();
        server.drop();
        hears("disconnected");

        CompletableFuture<Welcome> resuming = client.connect();
        server.accept();
        ClientMessage again = server.read();
        Hello hello = again.getHello();
        assertThat(again.getSeq()).isEqualTo(listSeq + 3);
        assertThat(hello.getResumeToken().toStringUtf8()).isEqualTo("first");
        assertThat(hello.getLastRoom()).isEqualTo("hall");
        assertThat(hello.getLastRoomSeq()).isEqualTo(11);
        server.write(welcome(true, whisperSeq, "second"));
        assertThat(get(resuming).getResumed()).isTrue();
        assertThatThrownBy(() -> get(list)).isInstanceOf(ConnectionLostException.class);

        ClientMessage sentAgain = server.read();
        assertThat(sentAgain.getChat().getText()).isEqualTo("still here");
        assertThat(sentAgain.getSeq()).isEqualTo(again.getSeq() + 1);
        server.write(ServerMessage.newBuilder()
                .setReplyTo(whisperSeq)
                .setSessionSeq(1)
                .setWhisperDelivered(WhisperDelivered.newBuilder().setTo("bob")));
        assertThat(get(whisper).getTo()).isEqualTo("bob");
        server.write(chat("bob", "missed", 2, 12));
        server.write(chat("ann", "still here", sentAgain.getSeq(), 13));
        assertThat(get(unheard).getText()).isEqualTo("still here");
        hears("chat missed 12", "chat still here 13");
    }

    @Test
    void aHelloWithoutAWelcomeIsSaidAgainWithItsNumberAndNothingBeforeItIsLost() throws Exception {
        CompletableFuture<WhisperDelivered> whisper = client.whisper("bob", "psst");
        int whisperSeq = server.read().getSeq();
        server.drop();
        hears("disconnected");

        // The server has heard this one, but its answer is lost on the way.
        CompletableFuture<Welcome> unanswered = client.connect();
        server.accept();
        int helloSeq = server.read().getSeq();
        assertThat(helloSeq).isEqualTo(whisperSeq + 1);
        server.drop();
        assertThatThrownBy(() -> get(unanswered)).isInstanceOf(ConnectionLostException.class);

        CompletableFuture<Welcome> overtaken = client.connect();
        server.accept();
        assertThat(server.read().getSeq()).isEqualTo(helloSeq);
        server.write(ServerMessage.newBuilder()
                .setReplyTo(helloSeq)
                .setError(Error.newBuilder().setCode(ErrorCode.SESSION_REPLACED)));
        assertThatThrownBy(() -> get(overtaken)).isInstanceOf(ConnectionLostException.class);

        CompletableFuture<Welcome> resuming = client.connect();
        server.accept();
        ClientMessage again = server.read();
        assertThat(again.getSeq()).isEqualTo(helloSeq);
        assertThat(again.getHello().getResumeToken().toStringUtf8()).isEqualTo("first");
        server.write(welcome(true, whisperSeq - 1, "second"));
        assertThat(get(resuming).getResumed()).isTrue();
        ClientMessage sentAgain = server.read();
        assertThat(sentAgain.getWhisper().getText()).isEqualTo("psst");
        assertThat(sentAgain.getSeq()).isEqualTo(helloSeq + 1);
        server.write(ServerMessage.newBuilder()
                .setReplyTo(sentAgain.getSeq())
                .setSessionSeq(1)
                .setWhisperDelivered(WhisperDelivered.newBuilder().setTo("bob")));
        assertThat(get(whisper).getTo()).isEqualTo("bob");

        ClientMessage latest = server.read();
        assertThat(latest.hasGetInventory()).isTrue();
        server.drop();
        hears("disconnected");
        client.connect();
        server.accept();
        assertThat(server.read().getSeq()).isEqualTo(latest.getSeq() + 1);
    }

    @Test
    void aSessionThatIsGoneTakesRoomAndRequestsWithIt() throws Exception {
        join();
        CompletableFuture<WhisperDelivered> whisper = client.whisper("bob", "psst");
        server.read();
        server.drop();
        hears("disconnected");
        CompletableFuture<Welcome> connecting = client.connect();
        server.accept();
        int helloSeq = server.read().getSeq();
        server.write(welcome(false, 0, "second"));
        get(connecting);
        assertThatThrownBy(() -> get(whisper)).isInstanceOf(ConnectionLostException.class);
        assertThat(onLoop(client::room)).isEmpty();
        client.list("", "", 1);
        assertThat(server.read().getSeq()).isEqualTo(helloSeq + 1);
        server.write(ServerMessage.newBuilder()
                .setSessionSeq(1)
                .setWhisper(WhisperReceived.newBuilder().setText("new")));
        hears("whisper new");
    }

    @Test
    void anErrorThatEndsTheSessionIsNotResumed() throws Exception {
        server.write(ServerMessage.newBuilder().setError(Error.newBuilder().setCode(ErrorCode.SESSION_REPLACED)));
        hears("error SESSION_REPLACED");
        server.drop();
        hears("disconnected");
        client.connect();
        server.accept();
        assertThat(server.read().getHello().getResumeToken()).isEqualTo(ByteString.EMPTY);
    }

    @Test
    void rubbishFromTheServerClosesTheConnection() throws Exception {
        server.writeRaw(0xff, 0xff, 0xff, 0xff, 0xff);
        hears("disconnected");
        assertThat(server.isAtEnd()).isTrue();
    }

    @Test
    void byeIsTheLastWord() throws Exception {
        client.bye();
        assertThat(server.read().hasBye()).isTrue();
        assertThat(server.isAtEnd()).isTrue();
        hears("disconnected");
    }

    private void join() throws Exception {
        CompletableFuture<Joined> joining = client.join("hall");
        int seq = server.read().getSeq();
        server.write(ServerMessage.newBuilder()
                .setReplyTo(seq)
                .setRoomSeq(10)
                .setJoined(Joined.newBuilder().setRoom("hall")));
        get(joining);
    }

    private static ServerMessage.Builder welcome(boolean resumed, int lastClientSeq, String token) {
        return ServerMessage.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setLimits(FakeServer.PATIENT)
                        .setPlayer("ann")
                        .setResumed(resumed)
                        .setLastClientSeq(lastClientSeq)
                        .setResumeToken(ByteString.copyFromUtf8(token)));
    }

    private static ServerMessage.Builder left(int replyTo) {
        return ServerMessage.newBuilder()
                .setReplyTo(replyTo)
                .setLeft(Left.newBuilder().setRoom("hall"));
    }

    private static ServerMessage.Builder chat(String player, String text, int clientSeq, long roomSeq) {
        return ServerMessage.newBuilder()
                .setRoomSeq(roomSeq)
                .setChat(
                        ChatMessage.newBuilder().setPlayer(player).setText(text).setClientSeq(clientSeq));
    }

    private void hears(String... expected) throws InterruptedException {
        List<String> got = new ArrayList<>();
        for (int i = 0; i < expected.length; i++) {
            got.add(requireNonNull(heard.poll(60, TimeUnit.SECONDS), "nothing more came after " + got));
        }
        assertThat(got).containsExactly(expected);
    }

    private <T> Optional<T> onLoop(Supplier<@Nullable T> read) throws Exception {
        return get(CompletableFuture.supplyAsync(() -> Optional.ofNullable(read.get()), client.eventLoop()));
    }

    /** Returns the result, or throws the future's exception without its wrapper. */
    private static <T> T get(CompletableFuture<T> future) throws Exception {
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
