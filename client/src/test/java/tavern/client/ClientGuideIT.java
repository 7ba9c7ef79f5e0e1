package tavern.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.CustomEvent;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TurnDone;
import tavern.protocol.v1.Welcome;

/** What docs/CLIENT.md shows is a part of {@link CardTable}, and works. */
@Timeout(120)
class ClientGuideIT {
    private static final Pattern BLOCK = Pattern.compile("^```java\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    @Test
    void eachBlockOfCodeIsPartOfTheExample() throws Exception {
        String source = Files.readString(Path.of("src/test/java/tavern/client/CardTable.java"));
        List<String> blocks = BLOCK.matcher(Files.readString(Path.of("../docs/CLIENT.md")))
                .results()
                .map(block -> block.group(1).replaceAll("(?m)^(?=.)", "    "))
                .toList();
        assertThat(blocks).hasSize(2).allSatisfy(block -> assertThat(source).contains(block));
    }

    @Test
    void theExamplePlaysOnWhenTheServerIsBack() throws Exception {
        EventLoopGroup loops = ClientTransport.loops(1);
        try (FakeServer server = new FakeServer()) {
            CardTable table = new CardTable(server.settings(), loops.next());
            CompletableFuture<Void> entered = table.enter();
            seat(server, "no cards");
            entered.get(60, TimeUnit.SECONDS);

            CompletableFuture<Void> dealt = table.deal();
            ClientMessage deal = server.read();
            server.drop();
            seat(server, "an ace");
            ClientMessage again = server.read();
            assertThat(again.getCustom()).isEqualTo(deal.getCustom());
            server.write(ServerMessage.newBuilder()
                    .setReplyTo(again.getSeq())
                    .setSessionSeq(1)
                    .setTurnDone(TurnDone.getDefaultInstance()));
            dealt.get(60, TimeUnit.SECONDS);

            CompletableFuture<Void> dealtTwice = table.deal();
            server.write(ServerMessage.newBuilder()
                    .setRoomSeq(1)
                    .setCustom(CustomEvent.newBuilder()
                            .setPayload(StringValue.of("ben is here").toByteString())));
            server.write(ServerMessage.newBuilder()
                    .setReplyTo(server.read().getSeq())
                    .setError(Error.newBuilder().setCode(ErrorCode.NOT_ALLOWED).setText("the cards are dealt")));
            await().until(dealtTwice::isCompletedExceptionally);
            assertThat(table.shown()).containsExactly("an ace", "ben is here", "the cards are dealt");
            table.leave();
            assertThat(server.read().hasBye()).isTrue();
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    private static void seat(FakeServer server, String view) throws Exception {
        server.accept();
        assertThat(server.read().hasHello()).isTrue();
        server.write(ServerMessage.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setLimits(FakeServer.PATIENT)
                        .setPlayer("ann")
                        .setResumeToken(ByteString.copyFromUtf8("token"))
                        .setServerTimeMs(1_000)));
        ClientMessage join = server.read();
        assertThat(join.getJoinRoom().getType()).isEqualTo("cards");
        assertThat(join.getJoinRoom().getTicket().toStringUtf8()).isEqualTo("friend");
        server.write(ServerMessage.newBuilder()
                .setReplyTo(join.getSeq())
                .setJoined(Joined.newBuilder()
                        .setRoom("table-1")
                        .setType("cards")
                        .setView(StringValue.of(view).toByteString())));
    }
}
