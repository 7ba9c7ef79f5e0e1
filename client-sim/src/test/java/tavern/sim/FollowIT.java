package tavern.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.client.ClientListener;
import tavern.client.ClientSettings;
import tavern.client.ClientTransport;
import tavern.client.RedirectException;
import tavern.client.TavernClient;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Welcome;
import tavern.protocol.v1.Whisper;
import tavern.protocol.v1.WhisperReceived;
import tavern.server.it.RawClient;
import tavern.server.it.RealmServers;
import tavern.server.it.TestServer;

/** P-106: the client goes where its rooms are, on real servers of one realm. */
@Timeout(120)
final class FollowIT {
    @RegisterExtension
    static final RealmServers servers = RealmServers.with();

    private final EventLoopGroup loops = ClientTransport.loops(1);
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private TestServer one;
    private TestServer other;

    @BeforeEach
    void start() throws IOException {
        one = servers.start("one");
        other = servers.start("other");
    }

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        one.close();
        other.close();
    }

    private ClientSettings settings() {
        return ClientSettings.of(one.address().getHostString(), one.address().getPort(), "ann");
    }

    private TavernClient client(ClientSettings settings) {
        return new TavernClient(settings, loops.next(), new ClientListener() {
            @Override
            public void onWelcome(Welcome welcome) {
                heard.add("welcome " + welcome.getResumed());
            }

            @Override
            public void onServerChanged(String host, int port) {
                heard.add("at " + (port == one.address().getPort() ? "one" : "other"));
            }

            @Override
            public void onWhisper(WhisperReceived whisper) {
                heard.add(whisper.getText());
            }

            @Override
            public void onDisconnected(@Nullable Error error, @Nullable Throwable cause) {
                heard.add("disconnected");
            }
        });
    }

    @Test
    void aJoinLeadsToTheServerOfTheRoomAndBack() throws Exception {
        TavernClient ann = client(settings());
        ann.connect().get();
        try (RawClient far = other.client("far", "far-room");
                RawClient near = one.client("near", "near-room")) {
            var list = ann.list("", "", 10);
            assertThat(ann.join("far-room").get().getRoom()).isEqualTo("far-room");
            assertThat(list.get().getRoomsList())
                    .as("asked before, answered before")
                    .anyMatch(room -> room.getRoom().equals("near-room"));
            assertThat(ann.whisper("near", "from afar").get().getTo()).isEqualTo("near");
            assertThat(near.expect(ServerMessage::hasWhisper).getWhisper().getText())
                    .isEqualTo("from afar");
            near.send(ClientMessage.newBuilder()
                    .setWhisper(Whisper.newBuilder().setTo("ann").setText("to afar")));
            assertThat(near.expect(ServerMessage::hasWhisperDelivered)).isNotNull();
            assertThat(ann.join("near-room").get().getRoom()).isEqualTo("near-room");
            assertThat(ann.ping().get()).isNotNull();
            assertThat(far.welcome().getPlayer()).isEqualTo("far");
            await("a server to hear that the session is gone from it")
                    .until(() -> one.sessions() + other.sessions() == 3);
        }
        assertThat(heard).containsExactly("welcome false", "at other", "to afar", "at one");
        ann.bye();
    }

    @Test
    void aClientThatDoesNotFollowHearsWhereTheRoomIs() throws Exception {
        TavernClient ann = client(settings().withoutFollowing());
        ann.connect().get();
        try (RawClient far = other.client("far", "far-room")) {
            assertThat(far.welcome().getPlayer()).isEqualTo("far");
            assertThatThrownBy(() -> ann.join("far-room").get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(RedirectException.class);
            assertThat(ann.ping().get()).isNotNull();
        }
        ann.bye();
    }
}
