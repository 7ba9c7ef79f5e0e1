package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.ListRooms;
import tavern.protocol.v1.Redirect;
import tavern.protocol.v1.RoomInfo;
import tavern.protocol.v1.RoomList;
import tavern.protocol.v1.RoomOptions;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cluster.Canary;

/** P-100 to P-102: lists of the realm's rooms, and where rooms are opened. */
@Timeout(120)
final class RealmDirectoryIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    @RegisterExtension
    static final RealmServers servers = RealmServers.withOperators(
            "limits.rates.lists=1000",
            "limits.rates.joins=1000",
            // Players say nothing while operators look.
            "limits.idle-seconds=120");

    @TempDir
    Path profile;

    private static ClientMessage.Builder open(String room, Map<String, String> metadata, boolean unlisted) {
        return ClientMessage.newBuilder()
                .setJoinRoom(JoinRoom.newBuilder()
                        .setRoom(room)
                        .setOptions(RoomOptions.newBuilder()
                                .putAllMetadata(metadata)
                                .setUnlisted(unlisted)));
    }

    private static RoomList list(RawClient client, ListRooms.Builder request) throws IOException {
        return client.answerTo(client.send(ClientMessage.newBuilder().setListRooms(request)))
                .getRoomList();
    }

    private static List<String> names(RawClient client, ListRooms.Builder request) throws IOException {
        return list(client, request).getRoomsList().stream()
                .map(RoomInfo::getRoom)
                .toList();
    }

    private static Redirect redirect(RawClient client, String room) throws IOException {
        ServerMessage answer = client.answerTo(client.send(Say.join(room)));
        assertThat(answer.hasRedirect()).as("%s", answer).isTrue();
        return answer.getRedirect();
    }

    @Test
    void everyServerListsTheRoomsOfTheRealm() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                RawClient ann = one.client("ann");
                RawClient bob = other.client("bob");
                RawClient carl = other.client("carl")) {
            List<RawClient> guests = new ArrayList<>();
            try {
                for (int i = 0; i < 12; i++) {
                    TestServer server = i % 2 == 0 ? one : other;
                    RawClient guest = server.client("guest" + i);
                    guests.add(guest);
                    guest.answerTo(guest.send(
                            open("room-%02d".formatted(i), Map.of("mode", i % 3 == 0 ? "duel" : "team"), false)));
                }
                RawClient hidden = one.client("hidden");
                guests.add(hidden);
                hidden.answerTo(hidden.send(open("room-secret", Map.of(), true)));

                ListRooms.Builder all = ListRooms.newBuilder().setPrefix("room-");
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(names(bob, all))
                                .hasSize(12)
                                .isSorted()
                                .isEqualTo(names(ann, all)));
                RoomList page =
                        list(bob, ListRooms.newBuilder().setPrefix("room-").setMax(5));
                assertThat(page.getRoomsList())
                        .extracting(RoomInfo::getRoom)
                        .containsExactly("room-00", "room-01", "room-02", "room-03", "room-04");
                assertThat(page.getNext()).isEqualTo("room-04");
                assertThat(names(bob, ListRooms.newBuilder().setPrefix("room-").setAfter(page.getNext())))
                        .hasSize(7);
                assertThat(names(bob, ListRooms.newBuilder().putMetadata("mode", "duel")))
                        .containsExactly("room-00", "room-03", "room-06", "room-09");

                assertThat(carl.answerTo(carl.send(Say.join("room-01"))).hasJoined())
                        .isTrue();
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(
                                        list(ann, ListRooms.newBuilder().setPrefix("room-01"))
                                                .getRooms(0))
                                .satisfies(room -> {
                                    assertThat(room.getPlayers()).isEqualTo(2);
                                    assertThat(room.getMetadataMap()).containsEntry("mode", "team");
                                }));
            } finally {
                for (RawClient guest : guests) {
                    guest.close();
                }
            }
        }
    }

    private JsonObject ask(TestServer server, String path) throws IOException {
        OpsClient.Answer answer =
                OpsClient.of(server.opsAddress(), servers.folder(), "viewer").get("/api/v1/realm/" + path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static List<String> column(JsonObject answer, String rows, String name) {
        return answer.getAsJsonArray(rows).asList().stream()
                .map(row -> row.getAsJsonObject().get(name).getAsString())
                .toList();
    }

    @Test
    void operatorsSeeTheRealmFromAnyServer() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                RawClient ann = one.client("ann", "hall");
                RawClient anton = other.client("anton", "attic");
                RawClient antonia = other.client("antonia", "attic");
                RawClient bob = other.client("bob")) {
            for (TestServer asked : List.of(one, other)) {
                await().atMost(SOON).untilAsserted(() -> {
                    JsonObject nodes = ask(asked, "nodes");
                    assertThat(column(nodes, "nodes", "node")).containsExactly("one", "other");
                    assertThat(column(nodes, "nodes", "self"))
                            .containsExactly(String.valueOf(asked == one), String.valueOf(asked == other));
                    assertThat(column(nodes, "nodes", "players")).containsExactly("1", "3");
                    assertThat(column(nodes, "nodes", "rooms")).containsExactly("1", "1");
                    assertThat(column(nodes, "nodes", "address"))
                            .containsExactly(
                                    "127.0.0.1:" + one.address().getPort(),
                                    "127.0.0.1:" + other.address().getPort());
                    assertThat(column(ask(asked, "rooms"), "rooms", "room")).containsExactly("attic", "hall");
                });
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(column(ask(asked, "rooms?node=other"), "rooms", "players"))
                                .containsExactly("2"));
                JsonObject full = ask(asked, "rooms?sort=players&max=1");
                assertThat(column(full, "rooms", "room")).containsExactly("attic");
                assertThat(full.get("total").getAsInt()).isEqualTo(2);
                assertThat(column(
                                ask(
                                        asked,
                                        "rooms?sort=players&after="
                                                + full.get("next").getAsString()),
                                "rooms",
                                "room"))
                        .containsExactly("hall");
                assertThat(column(ask(asked, "rooms?prefix=ha"), "rooms", "node"))
                        .containsExactly("one");
                assertThat(column(ask(asked, "rooms?type=chess"), "rooms", "node"))
                        .isEmpty();

                JsonObject first = ask(asked, "players?prefix=an&max=2");
                assertThat(column(first, "players", "player")).containsExactly("ann", "anton");
                assertThat(column(first, "players", "room")).containsExactly("hall", "attic");
                assertThat(first.get("total").getAsInt()).isEqualTo(4);
                JsonObject second = ask(
                        asked,
                        "players?prefix=an&max=2&after=" + first.get("next").getAsString());
                assertThat(column(second, "players", "player")).containsExactly("antonia");
                assertThat(second.get("next").getAsString()).isEmpty();
                assertThat(second.getAsJsonArray("silent")).isEmpty();
                assertThat(column(ask(asked, "players?node=one"), "players", "player"))
                        .containsExactly("ann");
            }
            for (RawClient client : List.of(ann, anton, antonia, bob)) {
                assertThat(client.answerTo(client.ping(1)).hasPong()).isTrue();
            }
            OpsClient operator = OpsClient.of(one.opsAddress(), servers.folder(), "viewer");
            assertThat(operator.get("/api/v1/realm/rooms?sort=players&after=hall")
                            .status())
                    .isEqualTo(400);
            assertThat(operator.get("/api/v1/realm/rooms?sort=age").status()).isEqualTo(400);
            assertThat(operator.get("/metrics").body()).contains("tavern_realm_nodes 2.0", "tavern_realm_players 4.0");
        }
    }

    @Test
    void theConsoleShowsTheRealmWithPagesThatTheServerSorts() throws Exception {
        String[] settings = {"room.idle-close-seconds=3600", "limits.rooms-per-player-max=100"};
        try (TestServer one = servers.start("one", settings);
                TestServer other = servers.start("other", settings);
                RawClient ann = other.client("ann");
                RawClient bob = one.client("bob", "zoo");
                ConsolePage page =
                        ConsolePage.open("http://127.0.0.1:" + one.opsAddress().getPort(), profile)) {
            for (int i = 0; i < 60; i++) {
                ann.join("room-%02d".formatted(i));
            }
            assertThat(bob.answerTo(bob.ping(1)).hasPong()).isTrue();
            page.logIn(OpsClient.token(servers.folder().resolve("ops-tokens"), "viewer"));
            page.view("#/nodes");
            page.untilSays("[aria-label='Servers of the realm'] table", "other");
            page.untilSays("[aria-label='Servers of the realm'] table", "one (this one)");
            page.screenshot("realm-nodes");
            page.view("#/realm-rooms");
            page.untilSays("main", "50 of 61 rooms that fit");
            page.untilSays("main tbody", "room-49");
            page.click("main .buttons button:last-child");
            page.untilSays("main tbody", "zoo");
            assertThat(page.see("document.querySelector('main tbody').rows.length"))
                    .isEqualTo("11");
            page.screenshot("realm-rooms");
            page.fill("#sort", "players");
            page.see("document.getElementById('sort').dispatchEvent(new Event('input'))");
            page.until("document.querySelector('main tbody').rows.length === 50");
            page.until("['room-59', 'zoo'].includes(document.querySelector('main tbody th').textContent)");
            page.fill("#node", "one");
            page.see("document.getElementById('node').dispatchEvent(new Event('input'))");
            page.until("document.querySelector('main tbody').rows.length === 1");
            page.view("#/realm-players");
            page.untilSays("main tbody", "ann");
            page.untilSays("main", "2 shown; 2 players are in the realm");
            page.screenshot("realm-players");
        }
    }

    @Test
    void roomsOfAServerThatIsGoneAreNotListedAndItsOwnAreAgainWhenTheDirectoryLosesThem() throws Exception {
        try (TestServer one = servers.start("one");
                RawClient ann = one.client("ann", "hall")) {
            ListRooms.Builder all = ListRooms.newBuilder();
            try (TestServer other = servers.start("other");
                    RawClient bob = other.client("bob", "attic")) {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(names(ann, all)).containsExactly("attic", "hall"));
                bob.send(Say.bye()); // or his room would go to the other server
                assertThat(bob.closedWith()).isEqualTo(ErrorCode.OK);
            }
            await().atMost(SOON).untilAsserted(() -> assertThat(names(ann, all)).containsExactly("hall"));
            await().atMost(SOON)
                    .until(() -> servers.redis()
                            .ask("HGET", servers.key("open:rooms"), "attic")
                            .matches("\\d+ ?"));
            for (String key : List.of("rooms", "versions", "closed", "meta")) {
                servers.redis().ask("DEL", servers.key("open:" + key));
            }
            await().atMost(SOON)
                    .until(() -> servers.redis()
                            .ask("HGET", servers.key("open:rooms"), "hall")
                            .contains(" one "));
        }
    }

    private static int port(RawClient client, String room, TestServer own) throws IOException {
        ServerMessage answer = client.answerTo(client.send(Say.join(room)));
        return answer.hasRedirect()
                ? answer.getRedirect().getPort()
                : own.address().getPort();
    }

    /** P-119. */
    @Test
    void operatorsGiveAShareOfNewRoomsToServersOfAVersion() throws Exception {
        String[] settings = {"limits.rooms-per-player-max=1000", "limits.frames-per-second=10000"};
        try (TestServer old = servers.start(
                        "old",
                        Stream.concat(Stream.of(settings), Stream.of("node.version=1.0"))
                                .toArray(String[]::new));
                TestServer young = servers.start(
                        "young",
                        Stream.concat(Stream.of(settings), Stream.of("node.version=2.0"))
                                .toArray(String[]::new));
                RawClient ann = old.client("ann");
                RawClient bob = young.client("bob")) {
            for (TestServer server : List.of(old, young)) {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(column(ask(server, "nodes"), "nodes", "version"))
                                .containsExactly("1.0", "2.0"));
            }
            OpsClient admin = OpsClient.of(old.opsAddress(), servers.folder(), "admin");
            OpsClient.Answer ordered = admin.post(
                    "/api/v1/realm/canary", "{\"reason\": \"first look\", \"version\": \"2.0\", \"percent\": 30}");
            assertThat(ordered.status()).as(ordered.body()).isEqualTo(200);
            assertThat(ordered.json().get("result").getAsString())
                    .isEqualTo("30 % of new rooms go to servers of version 2.0, of which there is 1 now");
            for (TestServer server : List.of(old, young)) {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(
                                        String.valueOf(ask(server, "nodes").get("canary")))
                                .contains("\"version\":\"2.0\"", "\"percent\":30"));
            }
            int onYoung = 0;
            for (int i = 0; i < 60; i++) {
                // Whoever is asked, it is the room that decides.
                boolean isAnn = i % 2 == 0;
                int port = isAnn ? port(ann, "share" + i, old) : port(bob, "share" + i, young);
                int asOrdered = (new Canary("2.0", 30, 0).takes("share" + i) ? young : old)
                        .address()
                        .getPort();
                assertThat(port).as("share" + i).isEqualTo(asOrdered);
                onYoung += port == young.address().getPort() ? 1 : 0;
            }
            assertThat(onYoung).isBetween(8, 30);

            assertThat(admin.post("/api/v1/realm/canary/end", "{\"reason\": \"enough\"}")
                            .status())
                    .isEqualTo(200);
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(ask(young, "nodes").has("canary")).isFalse());
            for (int i = 0; i < 20; i++) {
                assertThat(port(bob, "free" + i, young))
                        .isEqualTo(young.address().getPort());
            }
            // The server that is asked may not have heard of the order yet, so there is none too many.
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(ask(old, "nodes").has("canary")).isFalse());
            OpsClient.Answer again = admin.post("/api/v1/realm/canary/end", "{\"reason\": \"again\"}");
            assertThat(again.status()).as(again.body()).isEqualTo(200);
            assertThat(again.json().get("result").getAsString())
                    .isEqualTo("new rooms go to servers of all versions; this server knew of no other order");
            for (String wrong : List.of("\"percent\": 101", "\"percent\": -1", "\"share\": 10")) {
                assertThat(admin.post(
                                        "/api/v1/realm/canary",
                                        "{\"reason\": \"x\", \"version\": \"2.0\", " + wrong + "}")
                                .status())
                        .as(wrong)
                        .isEqualTo(400);
            }
        }
    }

    @Test
    void aRoomThatNobodyHasIsOpenedByTheLessLoadedServerAndNobodyIsSentBack() throws Exception {
        try (TestServer one = servers.start("one", "limits.sessions-max=4", "cluster.placement-margin-percent=40");
                TestServer other = servers.start("other");
                RawClient ann = one.client("ann", "hall");
                RawClient bob = one.client("bob")) {
            // Half of the places are taken, so by 50 % more than at the other server.
            await().atMost(SOON)
                    .until(() -> bob.answerTo(bob.send(Say.join("probe" + System.nanoTime())))
                            .hasRedirect());
            Redirect there = redirect(bob, "attic");
            assertThat(there.getPort()).isEqualTo(other.address().getPort());
            assertThat(there.getRoom()).isEqualTo("attic");
            try (RawClient moved = other.client("bob")) {
                assertThat(moved.answerTo(moved.send(Say.join("attic"))).hasJoined())
                        .isTrue();
                // Sticky while it is leased, whoever asks.
                assertThat(redirect(ann, "attic").getPort())
                        .isEqualTo(other.address().getPort());
                assertThat(ann.answerTo(ann.send(Say.join("hall"))).hasJoined())
                        .as("nor is a room moved that is open here")
                        .isTrue();
            }
        }
    }

    @Test
    void playersWhoFollowRedirectsArriveWhateverTheServersThinkOfEachOther() throws Exception {
        // Both are half full, so with no margin each sends players to the other whenever it may.
        String[] settings = {"cluster.placement-margin-percent=0", "limits.sessions-max=4"};
        try (TestServer one = servers.start("one", settings);
                TestServer other = servers.start("other", settings);
                RawClient ann = one.client("ann");
                RawClient bob = other.client("bob");
                RawClient carl = one.client("carl");
                RawClient dora = other.client("dora")) {
            for (RawClient each : List.of(ann, bob)) {
                await().atMost(SOON)
                        .until(() -> each.answerTo(each.send(Say.join("probe" + System.nanoTime())))
                                .hasRedirect());
            }
            for (int i = 0; i < 20; i++) {
                String room = "room" + i;
                RawClient first = i % 2 == 0 ? ann : bob;
                RawClient there = i % 2 == 0 ? dora : carl;
                assertThat(redirect(first, room).getPort())
                        .isEqualTo((i % 2 == 0 ? other : one).address().getPort());
                assertThat(there.answerTo(there.send(Say.join(room))).hasJoined())
                        .as(room)
                        .isTrue();
            }
        }
    }

    @Test
    void aFullServerSendsNewPlayersAndRoomsToOneThatHasRoom() throws Exception {
        try (TestServer one = servers.start(
                        "one", "limits.sessions-max=1", "limits.rooms-max=1", "cluster.placement-margin-percent=1000");
                TestServer other = servers.start("other");
                RawClient ann = one.client("ann", "hall")) {
            await().atMost(SOON).until(() -> {
                try (RawClient bob = new RawClient(one.address())) {
                    bob.send(Say.hello("bob"));
                    ServerMessage answer = bob.expect(message -> message.hasRedirect() || message.hasError());
                    if (answer.hasError()) {
                        assertThat(answer.getError().getCode()).isEqualTo(ErrorCode.SERVER_FULL);
                        return false;
                    }
                    assertThat(answer.getRedirect().getPort())
                            .isEqualTo(other.address().getPort());
                    assertThat(answer.getRedirect().getRoom()).isEmpty();
                    assertThat(bob.closedWith()).isEqualTo(ErrorCode.SERVER_FULL);
                    return true;
                }
            });
            assertThat(redirect(ann, "attic").getPort())
                    .isEqualTo(other.address().getPort());
        }
    }

    @Test
    void aServerThatCannotLiveBesideALiveOneDoesNotStart() throws Exception {
        try (TestServer one = servers.start("one")) {
            assertThat(one.sessions()).isZero();
            await().atMost(SOON)
                    .until(() -> servers.redis()
                            .ask("HEXISTS", servers.key("nodes"), "one")
                            .equals("1"));
            // A start that a busy machine delays finds the row too old, and is tried again with a new one.
            await().untilAsserted(() -> {
                String row = servers.redis().ask("HGET", servers.key("nodes"), "one");
                String future = row.replaceFirst("format-min=\\d+", "format-min=77")
                        .replaceFirst("format=\\d+", "format=78")
                        .replace("node=one", "node=later");
                assertThat(future).isNotEqualTo(row);
                servers.redis().ask("HSET", servers.key("nodes"), "later", future);
                assertThatThrownBy(() -> servers.start("other").close())
                        .hasMessageContaining("server later@")
                        .hasMessageContaining("formats 77 to 78")
                        .hasMessageContaining("docs/DEPLOY.md");
            });
        }
    }
}
