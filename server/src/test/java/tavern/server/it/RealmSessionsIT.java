package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.ServerMessage;
import tavern.server.services.TcpProxy;

/** A player has one session in the realm, on whatever server, and is reached there from every other. */
@Timeout(120)
final class RealmSessionsIT {
    @RegisterExtension
    static final RealmServers servers = RealmServers.withOperators("limits.rates.whispers=100");

    private static RawClient login(TestServer server, String player) throws IOException {
        RawClient client = new RawClient(server.address());
        client.login(player);
        return client;
    }

    @Test
    void theNewestLoginWinsOnAllServers() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                RawClient first = login(one, "ann");
                RawClient second = login(other, "ann")) {
            assertThat(first.closedWith()).isEqualTo(ErrorCode.SESSION_REPLACED);
            try (RawClient third = login(one, "ann")) {
                assertThat(second.closedWith()).isEqualTo(ErrorCode.SESSION_REPLACED);
                assertThat(third.answerTo(third.ping(1)).hasPong()).isTrue();
            }
            try (RawClient again = first.resumed(one.address())) {
                assertThat(again.welcome().getResumed()).isFalse();
            }
        }
    }

    /** Each player comes for the first time, when both servers give the starter kit, and once more. */
    @Test
    @Timeout(900)
    void ofLoginsAtTheSameMomentOneStaysAndGoodsAreThere() throws Exception {
        int rounds = Integer.getInteger("tavern.it.simultaneous-logins", 60);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        String patience = "store.redis.command-timeout-millis=5000";
        try (TestServer one = servers.start("one", patience);
                TestServer other = servers.start("other", patience)) {
            CyclicBarrier together = new CyclicBarrier(2);
            Inventory kit;
            try (RawClient reference = login(one, "reference")) {
                kit = reference.readInventory();
                reference.send(Say.bye());
            }
            await().until(() -> one.sessions() + other.sessions() == 0);
            Inventory before = kit;
            for (int round = 0; round < rounds; round++) {
                String player = "player" + round / 2;
                List<Future<RawClient>> logins = new ArrayList<>();
                for (TestServer server : List.of(one, other)) {
                    logins.add(threads.submit((Callable<RawClient>) () -> {
                        RawClient client = new RawClient(server.address());
                        together.await();
                        client.send(Say.hello(player));
                        return client;
                    }));
                }
                try (RawClient a = logins.get(0).get();
                        RawClient b = logins.get(1).get()) {
                    ServerMessage toA = a.expect(message -> message.hasWelcome() || message.hasError());
                    ServerMessage toB = b.expect(message -> message.hasWelcome() || message.hasError());
                    await().until(() -> one.sessions() + other.sessions() == 1);
                    boolean isOnOne = one.sessions() == 1;
                    ServerMessage toOther = isOnOne ? toB : toA;
                    assertThat(toOther.hasError() ? toOther.getError().getCode() : (isOnOne ? b : a).closedWith())
                            .as("round " + round)
                            .isEqualTo(ErrorCode.SESSION_REPLACED);
                    RawClient stays = isOnOne ? a : b;
                    RawClient replaced = isOnOne ? b : a;
                    Inventory goods = stays.readInventory();
                    if (round % 2 == 0) {
                        assertThat(goods.getStacksList()).as("round " + round).isEqualTo(kit.getStacksList());
                        assertThat(goods.getItemsList())
                                .as("round " + round)
                                .extracting(Item::getKind)
                                .containsExactlyElementsOf(kit.getItemsList().stream()
                                        .map(Item::getKind)
                                        .toList());
                    } else {
                        assertThat(goods).as("round " + round).isEqualTo(before);
                    }
                    if (replaced.isInventoryWhole()) {
                        assertThat(replaced.inventory()).as("round " + round).isEqualTo(goods);
                    }
                    before = goods;
                    stays.send(Say.bye());
                }
                await().until(() -> one.sessions() + other.sessions() == 0);
            }
            await().until(() ->
                    servers.redis().ask("HLEN", servers.key("presence")).equals("0"));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whoMissedALoginElsewhereHearsOfItWhenTheConnectionIsBack() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(servers.redis().port());
                TestServer one = servers.start("one", "store.redis.uri=redis://127.0.0.1:" + proxy.port());
                TestServer other = servers.start("other");
                RawClient first = login(one, "ann")) {
            proxy.refuse();
            try (RawClient second = login(other, "ann")) {
                assertThat(second.answerTo(second.ping(1)).hasPong()).isTrue();
                proxy.resume();
                assertThat(first.closedWith()).isEqualTo(ErrorCode.SESSION_REPLACED);
                assertThat(second.answerTo(second.ping(2)).hasPong()).isTrue();
            }
        }
    }

    @Test
    void aLoginThatHasFailedDoesNotEndASessionThatBeganAfterIt() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(servers.redis().port());
                TestServer one = servers.start(
                        "one",
                        "store.redis.uri=redis://127.0.0.1:" + proxy.port(),
                        "store.redis.command-timeout-millis=1500");
                TestServer other = servers.start("other");
                RawClient late = new RawClient(one.address())) {
            // How a call that notes a login goes on after the player: this server, and no number from before.
            proxy.freezeBefore("\r\none\r\n$0\r\n\r\n");
            assertThat(late.errorTo(late.send(Say.hello("ann")))).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(proxy.isFrozen()).isTrue();
            try (RawClient ann = login(other, "ann")) {
                proxy.resume();
                // Over the same connection, and so behind the login that was on its way.
                try (RawClient bob = login(one, "bob")) {
                    assertThat(bob.answerTo(bob.ping(1)).hasPong()).isTrue();
                }
                String id = Long.toString(ann.welcome().getPlayerId());
                assertThat(servers.redis().ask("HGET", servers.key("presence"), id))
                        .endsWith(" other");
                assertThat(ann.answerTo(ann.ping(1)).hasPong()).isTrue();
            }
        }
    }

    @Test
    void loginsThatTheStoreHasLostAreNotedAgain() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(servers.redis().port());
                TestServer one = servers.start("one", "store.redis.uri=redis://127.0.0.1:" + proxy.port());
                TestServer other = servers.start("other");
                RawClient ann = login(one, "ann");
                RawClient bob = login(other, "bob")) {
            servers.redis().ask("DEL", servers.key("presence"));
            assertThat(bob.errorTo(bob.send(Say.whisper("ann", "psst")))).isEqualTo(ErrorCode.NO_SUCH_PLAYER);
            proxy.cut();
            await().until(() ->
                    bob.answerTo(bob.send(Say.whisper("ann", "psst"))).hasWhisperDelivered());
            assertThat(ann.expect(ServerMessage::hasWhisper).getWhisper().getText())
                    .isEqualTo("psst");
        }
    }

    @Test
    void whatAnEarlierLifeOfAServerLeavesIsForgotten() throws Exception {
        servers.redis().ask("HSET", servers.key("presence"), "7", "1 one");
        servers.redis().ask("HSET", servers.key("presence"), "8", "1 other");
        try (TestServer one = servers.start("one");
                RawClient ann = login(one, "ann")) {
            assertThat(ann.answerTo(ann.ping(1)).hasPong()).isTrue();
            await().until(() ->
                    servers.redis().ask("HEXISTS", servers.key("presence"), "7").equals("0"));
            assertThat(servers.redis().ask("HEXISTS", servers.key("presence"), "8"))
                    .isEqualTo("1");
        }
    }

    @Test
    void whispersAndOperatorsReachPlayersOnOtherServers() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                RawClient ann = login(one, "ann");
                RawClient bob = login(other, "bob")) {
            assertThat(ann.answerTo(ann.send(Say.whisper("bob", "100 % & more")))
                            .getWhisperDelivered()
                            .getTo())
                    .isEqualTo("bob");
            ServerMessage heard = bob.expect(ServerMessage::hasWhisper);
            assertThat(heard.getWhisper().getText()).isEqualTo("100 % & more");
            assertThat(heard.getWhisper().getFrom()).isEqualTo("ann");
            assertThat(heard.getSessionSeq()).as("told again after a resume").isPositive();
            assertThat(ann.errorTo(ann.send(Say.whisper("carl", "psst")))).isEqualTo(ErrorCode.NO_SUCH_PLAYER);

            OpsClient operator = OpsClient.of(one.opsAddress(), servers.folder(), "admin");
            assertThat(operator.post("/api/v1/players/bob/whisper", "{\"reason\": \"test\", \"text\": \"hi\"}")
                            .status())
                    .isEqualTo(200);
            assertThat(bob.expect(ServerMessage::hasWhisper).getWhisper().getText())
                    .isEqualTo("hi");
            assertThat(operator.post("/api/v1/players/bob/kick", "{\"reason\": \"test\"}")
                            .status())
                    .isEqualTo(200);
            assertThat(bob.closedWith()).isEqualTo(ErrorCode.KICKED);
            assertThat(operator.post("/api/v1/players/bob/kick", "{\"reason\": \"test\"}")
                            .errorCode())
                    .isEqualTo("NOT_FOUND");
        }
    }

    @Test
    void aWhisperToAServerThatDoesNotAnswerIsAnsweredInTime() throws Exception {
        try (TestServer one = servers.start("one");
                RawClient ann = login(one, "ann")) {
            try (TestServer other = servers.start("other");
                    RawClient bob = login(other, "bob")) {
                assertThat(ann.answerTo(ann.send(Say.whisper("bob", "psst"))).hasWhisperDelivered())
                        .isTrue();
            }
            String id = Long.toString(ann.welcome().getPlayerId());
            String bobsId = id.equals("1") ? "2" : "1";
            servers.redis().ask("HSET", servers.key("presence"), bobsId, "1 other");
            assertThat(ann.errorTo(ann.send(Say.whisper("bob", "psst")))).isEqualTo(ErrorCode.NO_SUCH_PLAYER);
            servers.redis().ask("SET", servers.key("node:other"), "still leased", "PX", "60000");
            assertThat(ann.errorTo(ann.send(Say.whisper("bob", "psst")))).isEqualTo(ErrorCode.UNAVAILABLE);
        }
    }
}
