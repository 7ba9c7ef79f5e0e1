package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.it.OpsClient.Answer;

/** An order does what the operator means: slips of the hand and what others have ordered are asked about first. */
class OpsOrdersIT {
    private static final String INTERNAL = "the alt account of eve";

    @TempDir
    static Path folder;

    private static final String FOREVER = "\"forever\": true";

    private static TestServer server;
    private static int tests;

    /** Of this test alone. */
    private final String name = "ann" + ++tests;

    private final String ann = "/players/" + name;
    private final String mute = ann + "/mute";
    private final String grant = ann + "/grant";
    private final String cellar = "cellar" + tests;
    private RawClient client;

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(folder, "ops.enabled=true", "ops.grant-max=1000");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void join() throws IOException {
        client = server.client(name, cellar);
    }

    @AfterEach
    void leave() throws IOException {
        client.close();
    }

    private static OpsClient admin() throws IOException {
        return OpsClient.of(server.opsAddress(), folder, "admin");
    }

    /** @param more further fields, such as {@code "text": "hello"} */
    private static Answer post(OpsClient as, String path, String... more) throws IOException {
        List<String> fields = new ArrayList<>(List.of("\"reason\": \"" + INTERNAL + "\""));
        fields.addAll(List.of(more));
        return as.post("/api/v1" + path, "{" + String.join(", ", fields) + "}");
    }

    private static Answer post(String path, String... more) throws IOException {
        return post(admin(), path, more);
    }

    /** The player, who is not let in. */
    private RawClient again() throws IOException {
        client.close();
        client = new RawClient(server.address());
        client.send(Say.hello(name));
        return client;
    }

    private static OpsClient ifMatch(OpsClient as, String version) {
        return as.with("If-Match", version.equals("*") ? version : '"' + version + '"');
    }

    private static String order(String path, String... more) throws IOException {
        return result(post(path, more));
    }

    private static String result(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().get("result").getAsString();
    }

    private static JsonObject see(String path) throws IOException {
        Answer answer = admin().get("/api/v1" + path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static JsonObject error(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.errorCode()).isEqualTo(code);
        return answer.json().getAsJsonObject("error");
    }

    private static void assertConfirm(Answer answer, String... what) {
        JsonArray confirm = error(answer, 422, "CONFIRM").getAsJsonArray("confirm");
        assertThat(confirm).extracting(each -> each.getAsString()).containsExactly(what);
    }

    // ---- reason and message ----

    @Test
    void theReasonIsForTheAuditLogAndThePlayerReadsTheMessage() throws IOException {
        order(ann + "/ban", "\"seconds\": 3600", "\"message\": \"come back on Sunday\"");
        assertThat(client.expect(ServerMessage::hasError).getError().getText())
                .endsWith(": come back on Sunday")
                .doesNotContain(INTERNAL);
        RawClient again = again();
        assertThat(again.expect(ServerMessage::hasError).getError().getText())
                .startsWith("banned until")
                .endsWith(": come back on Sunday");
        assertThat(see("/audit").toString()).contains(INTERNAL);
    }

    @Test
    void withoutAMessageABannedPlayerIsToldThatAndForHowLong() throws IOException {
        order(ann + "/ban", FOREVER);
        assertThat(client.expect(ServerMessage::hasError).getError().getText()).isEqualTo("banned for ever");
        RawClient again = again();
        assertThat(again.expect(ServerMessage::hasError).getError().getText()).isEqualTo("banned for ever");
    }

    @Test
    void howLongABanOrAMuteLastsIsNeverGuessed() throws IOException {
        for (String path : List.of(ann + "/ban", mute)) {
            for (Answer refused :
                    List.of(post(path), post(path, "\"forever\": false"), post(path, "\"seconds\": 60", FOREVER))) {
                assertThat(error(refused, 400, "BAD_REQUEST").get("message").getAsString())
                        .contains("seconds", "forever");
            }
        }
        assertThat(see(ann).get("banVersion").getAsString()).isEmpty();
        assertThat(see(ann).get("muteVersion").getAsString()).isEmpty();
    }

    @Test
    void messagesOfKicksAndMutesAreReadByThePlayerAndTheirReasonsAreNot() throws IOException {
        order(mute, "\"seconds\": 60", "\"message\": \"mind your words\"");
        assertThat(client.expect(ServerMessage::hasWhisper).getWhisper().getText())
                .isEqualTo("mind your words");
        assertThat(client.errorTo(client.chat("hear me"))).isEqualTo(ErrorCode.MUTED);
        order(ann + "/kick", "\"message\": \"good night\"");
        assertThat(client.expect(message ->
                                message.hasError() && message.getError().getCode() == ErrorCode.KICKED)
                        .getError()
                        .getText())
                .isEqualTo("good night");
    }

    // ---- grants ----

    @Test
    void aKeyThatIsUsedAgainForSomethingElseIsRefusedAndARepeatSaysWhenItWasDone() throws IOException {
        server.client("bob").close();
        assertThat(order(grant, "\"key\": \"" + name + "-1\"", "\"stacks\": {\"gold\": 5}"))
                .isEqualTo("gave 5 gold");
        assertThat(order(grant, "\"key\": \"" + name + "-1\"", "\"stacks\": {\"gold\": 5}"))
                .matches("done already, at \\S+Z, and not again: gave 5 gold");
        error(post(grant, "\"key\": \"" + name + "-1\"", "\"stacks\": {\"gold\": 8}"), 409, "CONFLICT");
        error(post("/players/bob/grant", "\"key\": \"" + name + "-1\"", "\"stacks\": {\"gold\": 5}"), 409, "CONFLICT");
        error(post(ann + "/revoke", "\"key\": \"" + name + "-1\"", "\"stacks\": {\"gold\": 5}"), 409, "CONFLICT");
        assertThat(see(ann).getAsJsonObject("stacks").get("gold").getAsLong()).isEqualTo(1_005);
        assertThat(see("/audit").toString()).doesNotContain("gave 8 gold");
    }

    @Test
    void anAnswerIsInWords() throws IOException {
        String everything = "\"stacks\": {\"gold\": 5, \"potion\": 2}";
        assertThat(order(grant, "\"key\": \"" + name + "-1\"", everything, "\"items\": [\"sword\"]"))
                .isEqualTo("gave 5 gold, 2 potion, 1 new sword");
        assertThat(order(ann + "/revoke", "\"key\": \"" + name + "-2\"", everything))
                .isEqualTo("took back 5 gold, 2 potion");
        assertThat(see("/audit").toString()).doesNotContain("{gold", "[sword");
    }

    @Test
    void aKindThatNeverWasIsAskedAboutOnce() throws IOException {
        String[] slip = {
            "\"key\": \"" + name + "-1\"", "\"stacks\": {\"glod\": 5, \"gold\": 1}", "\"items\": [\"swrod\", \"sword\"]"
        };
        Answer asked = post(grant, slip);
        assertConfirm(asked, "new-kind");
        assertThat(error(asked, 422, "CONFIRM").get("doubts").getAsString()).contains("glod, swrod");
        assertThat(see(ann).getAsJsonObject("stacks").has("glod")).isFalse();
        String confirmed = "\"confirm\": [\"new-kind\"]";
        order(grant, slip[0], slip[1], slip[2], confirmed);
        assertThat(order(grant, slip)).as("a repeat").startsWith("done already");
        await("the catalogue has it").until(() -> see("/kinds").toString().contains("glod"));
        assertThat(see("/kinds").getAsJsonArray("items").toString()).contains("sword", "swrod");
        order(grant, "\"key\": \"" + name + "-2\"", "\"stacks\": {\"glod\": 5}");
        assertConfirm(post(grant, "\"key\": \"" + name + "-3\"", "\"items\": [\"glod\"]"), "new-kind");
    }

    @Test
    void moreThanTheLimitOfOneGrantIsAskedAbout() throws IOException {
        order(grant, "\"key\": \"" + name + "-1\"", "\"stacks\": {\"gold\": 1000}");
        String[] large = {"\"key\": \"" + name + "-2\"", "\"stacks\": {\"gold\": 9000000000000000000}"};
        assertConfirm(post(grant, large), "large-amount");
        assertConfirm(post(grant, large[0], large[1], "\"confirm\": [\"new-kind\"]"), "large-amount");
        assertConfirm(post(grant, large[0], "\"stacks\": {\"glud\": 1001}"), "large-amount", "new-kind");
        assertThat(see(ann).getAsJsonObject("stacks").get("gold").getAsLong()).isEqualTo(2_000);
        order(grant, large[0], large[1], "\"confirm\": [\"large-amount\"]");
    }

    // ---- names ----

    @Test
    void aRoomOrAPlayerThatNeverWasIsNotFoundUnlessItIsAskedFor() throws IOException {
        String celar = "\"what\": \"chat\", \"scope\": \"room\", \"target\": \"celar\"";
        String anne = "\"what\": \"chat\", \"scope\": \"player\", \"target\": \"anne\"";
        error(post("/freezes", celar), 404, "NOT_FOUND");
        error(post("/freezes", anne), 404, "NOT_FOUND");
        error(post(ann + "/move", "\"to\": \"celar\""), 404, "NOT_FOUND");
        assertThat(see("/freezes").toString()).doesNotContain("celar", "anne");
        assertThat(see(ann).getAsJsonObject("session").get("room").getAsString())
                .isEqualTo(cellar);
        assertThat(order("/freezes", anne, "\"create\": true")).isEqualTo("frozen: chat player anne");
        assertThat(order(ann + "/move", "\"to\": \"celar\"", "\"create\": true"))
                .isEqualTo("moved to celar");
        client.expect(ServerMessage::hasJoined);
        order("/freezes", celar);
        order("/rooms/celar/close");
        order("/freezes/lift", celar);
        order("/freezes", celar);
    }

    // ---- what others have ordered ----

    @Test
    void aSecondMuteTakesTheVersionOfTheFirst() throws IOException {
        order(mute, "\"seconds\": 86400");
        long first = see(ann).get("mutedUntilMillis").getAsLong();
        String version = see(ann).get("muteVersion").getAsString();

        Answer unseen = post(mute, "\"seconds\": 60");
        JsonObject stands = error(unseen, 428, "PRECONDITION_REQUIRED");
        assertThat(stands.get("version").getAsString()).isEqualTo(version);
        assertThat(stands.get("stands").getAsString()).startsWith("muted until");
        assertThat(unseen.headers()).containsEntry("etag", '"' + version + '"');
        assertThat(see(ann).get("mutedUntilMillis").getAsLong()).isEqualTo(first);

        assertThat(result(post(ifMatch(admin(), version), mute, "\"seconds\": 60")))
                .startsWith("muted until");
        Answer outdated = post(ifMatch(admin(), version), mute, "\"seconds\": 600");
        String second =
                error(outdated, 412, "PRECONDITION_FAILED").get("version").getAsString();
        assertThat(second).isNotEqualTo(version);
        error(post(ifMatch(admin(), version), ann + "/unmute"), 412, "PRECONDITION_FAILED");
        assertThat(result(post(ifMatch(admin(), second), ann + "/unmute"))).isEqualTo("no longer muted");
        error(post(ifMatch(admin(), second), mute, "\"seconds\": 600"), 412, "PRECONDITION_FAILED");
        assertThat(see(ann).get("muteVersion").getAsString()).isEmpty();
        order(mute, "\"seconds\": 60");
        result(post(ifMatch(admin(), "*"), mute, "\"seconds\": 600"));
        order(ann + "/unmute");
        order(ann + "/unmute");
    }

    @Test
    void aSecondBanTakesTheVersionOfTheFirstAlsoForEver() throws IOException {
        order(ann + "/ban", FOREVER, "\"message\": \"one\"");
        String version = see(ann).get("banVersion").getAsString();
        error(post(ann + "/ban", FOREVER, "\"message\": \"two\""), 428, "PRECONDITION_REQUIRED");
        result(post(ifMatch(admin(), version), ann + "/ban", FOREVER, "\"message\": \"two\""));
        error(post(ifMatch(admin(), version), ann + "/ban", FOREVER), 412, "PRECONDITION_FAILED");
        assertThat(see(ann).get("banMessage").getAsString()).isEqualTo("two");
        assertThat(see(ann).get("muteVersion").getAsString()).isEmpty();
    }

    @Test
    void aSecondFreezeTakesTheVersionOfTheFirst() throws IOException {
        String chat = "\"what\": \"chat\", \"scope\": \"everywhere\"";
        order("/freezes", chat);
        JsonObject stands = error(post("/freezes", chat), 428, "PRECONDITION_REQUIRED");
        String version = stands.get("version").getAsString();
        assertThat(version)
                .isEqualTo(see("/freezes").getAsJsonArray("freezes").asList().stream()
                        .map(JsonElement::getAsJsonObject)
                        .filter(freeze -> freeze.get("scope").getAsString().equals("EVERYWHERE"))
                        .findFirst()
                        .orElseThrow()
                        .get("sinceMillis")
                        .getAsString());
        assertThat(stands.get("stands").getAsString()).contains(INTERNAL);
        error(post(ifMatch(admin(), "1"), "/freezes", chat), 412, "PRECONDITION_FAILED");
        error(post(ifMatch(admin(), "1"), "/freezes/lift", chat), 412, "PRECONDITION_FAILED");
        result(post(ifMatch(admin(), version), "/freezes", chat));
        assertThat(result(post(ifMatch(admin(), "*"), "/freezes/lift", chat))).isEqualTo("lifted: chat everywhere");
        error(post(ifMatch(admin(), "*"), "/freezes", chat), 412, "PRECONDITION_FAILED");
    }

    @Test
    void aVersionThatIsNoneIsRefused() throws IOException {
        for (String version : new String[] {"abc", "\"a\", \"b\"", "W/\"a\"", "\"<script>\""}) {
            error(post(admin().with("If-Match", version), mute), 400, "BAD_REQUEST");
        }
    }
}
