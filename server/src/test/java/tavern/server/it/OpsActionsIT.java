package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.it.OpsClient.Answer;

/** What operators do has its effect on real players, and stands in the audit log. */
class OpsActionsIT {
    private static final String NEW_KIND = "\"confirm\": [\"new-kind\"]";

    @RegisterExtension
    final Tavern tavern = Tavern.with("ops.enabled=true");

    private OpsClient as(String role) throws IOException {
        return OpsClient.of(tavern.server().opsAddress(), tavern.folder(), role);
    }

    /** @param more further fields, such as {@code "text": "hello"} */
    private JsonObject order(String path, String... more) throws IOException {
        Answer answer = post(path, more);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().get("audit").getAsLong()).isPositive();
        return answer.json();
    }

    private Answer post(String path, String... more) throws IOException {
        List<String> fields = new ArrayList<>(List.of("\"reason\": \"a test\""));
        fields.addAll(List.of(more));
        return as("admin").post("/api/v1" + path, "{" + String.join(", ", fields) + "}");
    }

    private JsonObject see(String path) throws IOException {
        Answer answer = as("admin").get("/api/v1" + path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void aKickedPlayerIsGoneAndMayComeBack() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        order("/players/ann/kick");
        assertThat(ann.closedWith()).isEqualTo(ErrorCode.KICKED);
        assertThat(see("/rooms/hall").get("players").getAsInt()).isEqualTo(1);
        assertThat(post("/players/ann/kick").errorCode()).isEqualTo("NOT_FOUND");
        assertThat(tavern.client("ann").welcome().getResumed()).isFalse();
    }

    @Test
    void aMutedPlayerIsRefusedUntilUnmuted() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        order("/players/ann/mute", "\"seconds\": 3600");
        assertThat(ann.errorTo(ann.chat("hear me"))).isEqualTo(ErrorCode.MUTED);
        assertThat(see("/players/ann").get("mutedUntilMillis").getAsLong()).isPositive();
        order("/players/ann/unmute");
        int asked = ann.chat("hear me now");
        ann.expect(message -> message.getChat().getClientSeq() == asked);
    }

    @Test
    void aMuteHoldsForTheNextSessionToo() throws IOException {
        tavern.client("ann", Tavern.HALL);
        order("/players/ann/mute", "\"forever\": true");
        order("/players/ann/kick");
        RawClient again = tavern.client("ann", Tavern.HALL);
        assertThat(again.errorTo(again.chat("hear me"))).isEqualTo(ErrorCode.MUTED);
    }

    @Test
    void aBannedPlayerIsSentAwayAndNotLetInUntilUnbanned() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        order("/players/ann/ban", "\"forever\": true");
        assertThat(ann.closedWith()).isEqualTo(ErrorCode.BANNED);
        RawClient again = tavern.stranger();
        again.send(Say.hello("ann"));
        assertThat(again.closedWith()).isEqualTo(ErrorCode.BANNED);
        order("/players/ann/unban");
        assertThat(tavern.client("ann").isLoggedIn()).isTrue();
    }

    @Test
    void whispersAndAnnouncementsAreHeardByThoseTheyAreMeantFor() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        RawClient bob = tavern.client("bob", "cellar");
        order("/players/ann/whisper", "\"text\": \"to you alone\"");
        ServerMessage whisper = ann.expect(ServerMessage::hasWhisper);
        assertThat(whisper.getWhisper().getFrom()).isEqualTo("*operators*");
        assertThat(whisper.getWhisper().getText()).isEqualTo("to you alone");
        order("/rooms/hall/announce", "\"text\": \"to the hall\"");
        order("/announce", "\"text\": \"to all\"");
        assertThat(ann.expect(ServerMessage::hasAnnouncement).getAnnouncement().getText())
                .isEqualTo("to the hall");
        assertThat(ann.expect(ServerMessage::hasAnnouncement).getAnnouncement().getText())
                .isEqualTo("to all");
        assertThat(bob.expect(ServerMessage::hasAnnouncement).getAnnouncement().getText())
                .isEqualTo("to all");
    }

    @Test
    void aGrantIsMadeOnceForItsKeyAndTakenBackAgain() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        for (int i = 0; i < 2; i++) {
            order(
                    "/players/ann/grant",
                    "\"key\": \"k1\", \"stacks\": {\"gold\": 5}, \"items\": [\"crown\"], " + NEW_KIND);
        }
        assertThat(ann.expect(ServerMessage::hasInventoryChanged)
                        .getInventoryChanged()
                        .getReason())
                .isEqualTo("operator");
        JsonObject after = see("/players/ann");
        assertThat(after.getAsJsonObject("stacks").get("gold").getAsLong()).isEqualTo(1_005);
        String crown = after.getAsJsonObject("items").entrySet().stream()
                .filter(item -> item.getValue().getAsString().equals("crown"))
                .findFirst()
                .orElseThrow()
                .getKey();
        order("/players/ann/revoke", "\"key\": \"k2\", \"stacks\": {\"gold\": 5}, \"items\": [" + crown + "]");
        assertThat(see("/players/ann").getAsJsonObject("items").has(crown)).isFalse();
        Answer tooMuch = post("/players/ann/revoke", "\"key\": \"k3\", \"stacks\": {\"gold\": 9999}");
        assertThat(tooMuch.errorCode()).isEqualTo("CONFLICT");
    }

    @Test
    void aGrantedThingCanBeTradedAtOnce() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        RawClient bob = tavern.client("bob", Tavern.HALL);
        order("/players/ann/grant", "\"key\": \"k1\", \"stacks\": {\"pearl\": 3}, " + NEW_KIND);
        UUID id = TestIds.fresh();
        ann.offer(id, "bob", RawClient.stacks(Map.of("pearl", 3L)), RawClient.gold(1));
        bob.expect(ServerMessage::hasTradeOffered);
        bob.accept(id, "ann");
        assertThat(bob.tradeResult(id).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
    }

    @Test
    void aPlayerIsMovedToAnotherRoom() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        order("/players/ann/move", "\"to\": \"attic\"", "\"create\": true");
        assertThat(ann.expect(ServerMessage::hasJoined).getJoined().getRoom()).isEqualTo("attic");
        assertThat(see("/players/ann").getAsJsonObject("session").get("room").getAsString())
                .isEqualTo("attic");
        int asked = ann.chat("up here");
        ann.expect(message -> message.getChat().getClientSeq() == asked);
    }

    @Test
    void aClosedRoomLetsEverybodyOutAndOpensAgain() throws IOException {
        RawClient ann = tavern.client("ann", "cellar");
        order("/rooms/cellar/close");
        assertThat(ann.expect(ServerMessage::hasError).getError().getCode()).isEqualTo(ErrorCode.ROOM_CLOSED);
        assertThat(as("viewer").get("/api/v1/rooms/cellar").status()).isEqualTo(404);
        assertThat(ann.join("cellar").getRoom()).isEqualTo("cellar");
    }

    @Test
    void frozenTradesAreRefusedUntilTheyAreLifted() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        tavern.client("bob", Tavern.HALL);
        String everywhere = "\"what\": \"trades\", \"scope\": \"everywhere\"";
        order("/freezes", everywhere);
        UUID id = TestIds.fresh();
        assertThat(ann.errorTo(ann.offer(id, "bob", RawClient.gold(1), RawClient.gold(2))))
                .isEqualTo(ErrorCode.NOT_ALLOWED);
        await().until(() ->
                see("/overview").getAsJsonArray("degraded").toString().contains("trades are stopped"));
        order("/freezes/lift", everywhere);
        int asked = ann.offer(id, "bob", RawClient.gold(1), RawClient.gold(2));
        assertThat(ann.answerTo(asked).hasTradeOpened()).isTrue();
        assertThat(post("/freezes/lift", everywhere).errorCode()).isEqualTo("NOT_FOUND");
    }

    @Test
    void whileTradesAreFrozenTheLobbyStillTellsHowTheyEnded() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        RawClient bob = tavern.client("bob", Tavern.HALL);
        UUID id = TestIds.fresh();
        ann.offer(id, "bob", RawClient.gold(1), RawClient.gold(2));
        bob.expect(ServerMessage::hasTradeOffered);
        bob.answerTo(bob.accept(id, "ann"));
        ann.tradeResult(id);
        ann.answerTo(ann.leave());
        bob.answerTo(bob.leave());
        order("/freezes", "\"what\": \"trades\", \"scope\": \"everywhere\"");
        assertThat(ann.answerTo(ann.offer(id, "bob", RawClient.gold(1), RawClient.gold(2)))
                        .getTradeResult()
                        .getOutcome())
                .isEqualTo(TradeOutcome.COMMITTED);
        assertThat(bob.answerTo(bob.accept(id, "ann")).getTradeResult().getOutcome())
                .isEqualTo(TradeOutcome.COMMITTED);
    }

    @Test
    void whoWantsOutOfATradeMayWhileTradesAreFrozen() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        RawClient bob = tavern.client("bob", Tavern.HALL);
        UUID id = TestIds.fresh();
        ann.offer(id, "bob", RawClient.gold(1), RawClient.gold(2));
        bob.expect(ServerMessage::hasTradeOffered);
        order("/freezes", "\"what\": \"trades\", \"scope\": \"player\", \"target\": \"bob\"");
        assertThat(bob.errorTo(bob.accept(id, "ann"))).isEqualTo(ErrorCode.NOT_ALLOWED);
        bob.send(Say.decline(id, "ann"));
        assertThat(ann.tradeResult(id).getOutcome()).isEqualTo(TradeOutcome.DECLINED);
    }

    @Test
    void aFreezeOfARoomOrAPlayerLeavesOthersAlone() throws IOException {
        RawClient ann = tavern.client("ann", "cellar");
        RawClient bob = tavern.client("bob", Tavern.HALL);
        order("/freezes", "\"what\": \"chat\", \"scope\": \"room\", \"target\": \"cellar\"");
        order("/freezes", "\"what\": \"joins\", \"scope\": \"player\", \"target\": \"bob\"");
        assertThat(ann.errorTo(ann.chat("psst"))).isEqualTo(ErrorCode.NOT_ALLOWED);
        int asked = bob.chat("psst");
        bob.expect(message -> message.getChat().getClientSeq() == asked);
        assertThat(bob.errorTo(bob.send(Say.join("attic")))).isEqualTo(ErrorCode.NOT_ALLOWED);
        assertThat(ann.join("attic").getRoom()).isEqualTo("attic");
        assertThat(post("/freezes", "\"what\": \"chat\", \"scope\": \"room\"").errorCode())
                .isEqualTo("BAD_REQUEST");
    }

    @Test
    void aRoomTellsWhoIsThereWhatTheySaidAndWhatTheyOffer() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        tavern.client("bob", Tavern.HALL);
        ann.chat("<script>alert(1)</script>");
        UUID id = TestIds.fresh();
        int asked = ann.offer(id, "bob", RawClient.gold(7), RawClient.gold(8));
        ann.answerTo(asked);
        Answer answer = as("viewer").get("/api/v1/rooms/hall");
        assertThat(answer.body()).doesNotContain("<script>");
        JsonObject room = answer.json();
        assertThat(room.getAsJsonArray("members")).hasSize(3);
        assertThat(room.getAsJsonArray("chat").toString()).contains("alert(1)");
        JsonObject offer = room.getAsJsonArray("offers").get(0).getAsJsonObject();
        assertThat(offer.get("from").getAsString()).isEqualTo("ann");
        assertThat(offer.getAsJsonObject("give")
                        .getAsJsonObject("stacks")
                        .get("gold")
                        .getAsLong())
                .isEqualTo(7);
        assertThat(room.get("fence").getAsLong()).isPositive();
        assertThat(room.get("suspended").getAsBoolean()).isFalse();
    }

    @Test
    void theOverviewCountsAndTheListsList() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        // About as often as somebody may say something.
        await().pollInterval(Duration.ofMillis(100)).until(() -> {
            ann.chat("again");
            return see("/overview").getAsJsonObject("actionsPerSecond").has("chat");
        });
        JsonObject overview = see("/overview");
        assertThat(overview.get("players").getAsInt()).isEqualTo(2);
        assertThat(overview.getAsJsonObject("store").get("available").getAsBoolean())
                .isTrue();
        assertThat(overview.getAsJsonObject("totals").get("logins").getAsLong()).isEqualTo(2);
        assertThat(see("/rooms").getAsJsonArray("rooms")).hasSize(1);
        assertThat(see("/players?query=nn").getAsJsonArray("here")).hasSize(1);
        assertThat(see("/players?query=ann")
                        .getAsJsonObject("known")
                        .get("player")
                        .getAsString())
                .isEqualTo("ann");
        assertThat(see("/outbox").get("rows").getAsLong()).isZero();
        assertThat(see("/nodes").toString()).contains("room:hall");
    }

    @Test
    void theStreamBringsTheOverviewAndTheRoomThatIsWatched() throws IOException {
        tavern.client("ann", Tavern.HALL);
        OpsClient viewer = as("viewer").with("Accept", "text/event-stream");
        try (Socket stream = viewer.open("GET", "/api/v1/stream?room=hall", null);
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(stream.getInputStream(), StandardCharsets.UTF_8))) {
            List<String> seen = new ArrayList<>();
            while (!seen.contains("event: overview")
                    || seen.stream().filter("event: room"::equals).count() < 5) {
                seen.add(lines.readLine());
            }
            assertThat(seen.get(0)).contains("200");
            assertThat(seen).anyMatch(line -> line.startsWith("data: ") && line.contains("\"ann\""));
        }
    }

    @Test
    void everyActionStandsInTheAuditLogWithItsReasonAlsoWhenItFailed() throws IOException {
        tavern.client("ann", Tavern.HALL);
        order("/players/ann/mute", "\"seconds\": 60");
        post("/players/nobody/kick");
        List<JsonElement> entries = see("/audit").getAsJsonArray("entries").asList();
        assertThat(entries).as("two of what was done, one of what was refused").hasSize(3);
        JsonObject begun = entries.get(0).getAsJsonObject();
        assertThat(begun.get("state").getAsString()).isEqualTo("BEGUN");
        assertThat(begun.get("words").getAsString()).startsWith("muted until");
        JsonObject mute = entries.get(1).getAsJsonObject();
        assertThat(mute.get("state").getAsString()).isEqualTo("ENDED");
        assertThat(mute.get("of").getAsLong()).isEqualTo(begun.get("seq").getAsLong());
        assertThat(mute.get("operator").getAsString()).isEqualTo("admin (admin)");
        assertThat(mute.get("address").getAsString()).isEqualTo("127.0.0.1");
        assertThat(mute.get("action").getAsString()).isEqualTo("mute");
        assertThat(mute.get("target").getAsString()).isEqualTo("ann");
        assertThat(mute.get("reason").getAsString()).isEqualTo("a test");
        assertThat(entries.get(2).getAsJsonObject().get("result").getAsString()).startsWith("failed: ");
    }

    @Test
    void anOrderIsFoundInTheLogByItsTrace() throws IOException {
        OpsClient admin = as("admin");
        String body = "{\"reason\": \"a test\", \"text\": \"hello\"}";
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        Answer given = admin.with("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
                .post("/api/v1/announce", body);
        Answer own = admin.with("traceparent", "rubbish").post("/api/v1/announce", body);
        assertThat(given.headers()).containsEntry("trace-id", trace);
        assertThat(own.headers().get("trace-id")).matches("[0-9a-f]{32}").isNotEqualTo(trace);
        for (Answer each : List.of(given, own)) {
            assertThat(tavern.logs().contain("trace " + each.headers().get("trace-id")))
                    .isTrue();
        }
        assertThat(as("viewer").get("/api/v1/rooms/nowhere").headers().get("trace-id"))
                .matches("[0-9a-f]{32}");
    }

    @Test
    void aReadyServerSaysSo() throws IOException {
        Answer ready = OpsClient.of(tavern.server().opsAddress()).get("/readyz");
        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.json().get("ready").getAsBoolean()).isTrue();
    }
}
