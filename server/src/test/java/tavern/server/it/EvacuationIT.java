package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;

/** P-109: a server that stops, or is drained, gives its rooms and players to another one. */
@Timeout(300)
final class EvacuationIT {
    private static final Logger log = LoggerFactory.getLogger(EvacuationIT.class);
    private static final int ATTEMPTS_MAX = 3;
    private static final int ROOMS = 5;
    private static final int PLAYERS = 3;

    @RegisterExtension
    static final RealmServers servers = RealmServers.with(
            // Rooms are opened where they are asked for.
            "cluster.placement-margin-percent=1000", "limits.idle-seconds=120", "limits.rates.chats=1000");

    private static TestServer withOperators(String id) throws IOException {
        return servers.start(
                id, "ops.enabled=true", "ops.token=" + servers.folderOf(id).resolve("ops-tokens"));
    }

    private static Traveller in(InetSocketAddress server, String player, String room) throws IOException {
        Traveller traveller = new Traveller(server, player);
        ServerMessage joined = traveller.answer(traveller.ask(Say.join(room)));
        assertThat(joined.hasJoined()).as("%s", joined).isTrue();
        return traveller;
    }

    private static Traveller awaitAt(Traveller traveller, InetSocketAddress server) throws IOException {
        while (!traveller.stations().get(traveller.stations().size() - 1).equals(server)) {
            traveller.read();
        }
        return traveller;
    }

    /** Each on a thread of its own: nobody follows late because somebody else does. */
    private static void awaitAllAt(List<Traveller> travellers, InetSocketAddress server) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(travellers.size());
        try {
            List<Callable<Traveller>> ways = new ArrayList<>();
            for (Traveller traveller : travellers) {
                ways.add(() -> awaitAt(traveller, server));
            }
            for (Future<Traveller> way : threads.invokeAll(ways)) {
                way.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void says(Traveller speaker, String text, List<Traveller> hearers) throws IOException {
        speaker.say(Say.chat(text));
        for (Traveller hearer : hearers) {
            hearer.expect(message -> message.getChat().getText().equals(text));
        }
    }

    @Test
    void whoeverIsOnAServerThatIsToldToStopGoesOnOnAnother() throws Exception {
        try (ServerProcess heir = servers.process("heir")) {
            for (int attempt = 1; ; attempt++) {
                String id = "leaver" + attempt;
                try (ServerProcess leaver = servers.process(id, "TAVERN_LOG_LEVEL=info")) {
                    try {
                        assertAllGo(id, leaver, heir);
                        return;
                    } catch (Exception | AssertionError e) {
                        // A stop takes a few seconds at the most, in which a slow machine does not get everybody away.
                        if (attempt == ATTEMPTS_MAX || !leaver.complaints().contains("the time is up")) {
                            throw e;
                        }
                        log.info("again, as the time was up: {}", e.toString());
                    }
                }
            }
        }
    }

    private static void assertAllGo(String id, ServerProcess leaver, ServerProcess heir) throws Exception {
        List<List<Traveller>> rooms = new ArrayList<>();
        try (Traveller idler = new Traveller(leaver.address(), id + "-idler")) {
            List<Traveller> all = new ArrayList<>(List.of(idler));
            for (int room = 0; room < ROOMS; room++) {
                List<Traveller> players = new ArrayList<>();
                rooms.add(players);
                for (int player = 0; player < PLAYERS; player++) {
                    players.add(in(leaver.address(), id + "-" + room + "-" + player, id + "-room" + room));
                }
                says(players.get(0), "before", players);
                all.addAll(players);
            }
            leaver.terminate();
            awaitAllAt(all, heir.address());
            for (List<Traveller> players : rooms) {
                says(players.get(1), "after", players);
            }
            assertThat(leaver.exitCode(30)).as(leaver.complaints()).isZero();
            assertThat(idler.sessions()).isEqualTo(1);
            for (List<Traveller> players : rooms) {
                says(players.get(2), "later", players);
                for (Traveller player : players) {
                    assertThat(player.sessions()).isEqualTo(1);
                    assertThat(player.heard())
                            .noneMatch(ServerMessage::hasError)
                            .noneMatch(ServerMessage::hasLeft)
                            .anyMatch(message -> message.getDraining().getMoving());
                    assertThat(player.stations()).hasSize(2);
                }
            }
            assertThat(servers.redis().ask("KEYS", servers.key("node:" + id))).isEmpty();
        } finally {
            for (List<Traveller> players : rooms) {
                for (Traveller player : players) {
                    player.close();
                }
            }
        }
    }

    @Test
    void aDrainIsTakenBackWhileRoomsAreStillHere() throws Exception {
        try (ServerProcess heir = servers.process("heir");
                TestServer leaver = withOperators("leaver");
                Traveller ann = in(leaver.address(), "ann", "hall")) {
            OpsClient admin = OpsClient.of(leaver.opsAddress(), servers.folderOf("leaver"), "admin");
            heir.freeze();
            assertThat(admin.post("/api/v1/drain", "{\"reason\": \"new machine\"}")
                            .status())
                    .isEqualTo(200);
            assertThat(ann.expect(ServerMessage::hasDraining).getDraining().getMoving())
                    .isTrue();
            await().until(() ->
                    servers.redis().ask("EXISTS", servers.key("moving:hall")).equals("1"));
            assertThat(admin.post("/api/v1/drain/undo", "{\"reason\": \"changed my mind\"}")
                            .status())
                    .isEqualTo(200);
            assertThat(ann.expect(ServerMessage::hasDraining).getDraining().getWithdrawn())
                    .isTrue();
            says(ann, "still here", List.of(ann));
            assertThat(admin.get("/readyz").body()).doesNotContain("drains");
            try (RawClient bob = leaver.client("bob", "hall")) {
                ann.expect(ServerMessage::hasPlayerJoined);
                assertThat(bob.answerTo(bob.ping(1)).hasPong()).isTrue();
            }
            assertThat(admin.post("/api/v1/drain/undo", "{\"reason\": \"again\"}")
                            .status())
                    .isEqualTo(409);
            heir.thaw();
        }
    }

    @Test
    void whereThereIsNoOtherServerADrainEndsSessionsAtOnce() throws Exception {
        try (TestServer alone = withOperators("alone");
                RawClient ann = alone.client("ann", "hall")) {
            ann.patience(Duration.ofSeconds(20));
            OpsClient admin = OpsClient.of(alone.opsAddress(), servers.folderOf("alone"), "admin");
            admin.post("/api/v1/drain", "{\"reason\": \"new machine\"}");
            assertThat(ann.closedWith()).isEqualTo(ErrorCode.GOING_AWAY);
        }
    }
}
