package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.TavernServer;
import tavern.server.config.TavernConfig;
import tavern.server.it.OpsClient.Answer;
import tavern.server.store.AuditChain;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditedOrder;
import tavern.server.store.Store;
import tavern.server.store.embedded.EmbeddedStore;

/** The store is away while an order is carried out: nothing takes effect without an entry in the audit log in the end. */
@Timeout(60)
class OrdersOutageIT {
    private static final String CHAT = "\"what\": \"chat\", \"scope\": \"everywhere\"";

    private final long seed = Long.getLong("tavern.test.seed", new Random().nextLong());

    @TempDir
    Path folder;

    private TavernConfig config;
    private HangingStore store;
    private TavernServer server;
    private RawClient ann;

    @BeforeEach
    void start() throws Exception {
        config = TestServer.config(folder, "ops.enabled=true");
        store = new HangingStore(EmbeddedStore.open(config.store()), seed);
        server = TavernServer.start(config, store.store());
        ann = new RawClient(server.address());
        ann.login("ann");
        ann.join("hall");
    }

    @AfterEach
    void stop() throws Exception {
        store.answerAgain();
        ann.close();
        server.close();
    }

    private Answer post(String path, String... more) {
        List<String> fields = new ArrayList<>(List.of("\"reason\": \"a test\""));
        fields.addAll(List.of(more));
        try {
            return OpsClient.of(Objects.requireNonNull(server.opsAddress()), folder, "admin")
                    .post("/api/v1" + path, "{" + String.join(", ", fields) + "}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonObject see(String path) throws IOException {
        return OpsClient.of(Objects.requireNonNull(server.opsAddress()), folder, "admin")
                .get("/api/v1" + path)
                .json();
    }

    /** All entries, whose chain is checked. */
    private List<JsonObject> audit() throws IOException {
        AuditChain chain = new AuditChain(List.of());
        List<JsonObject> entries = new ArrayList<>();
        for (JsonElement entry : see("/audit").getAsJsonArray("entries")) {
            assertThat(chain.add(new Gson().fromJson(entry, AuditEntry.class))).isEmpty();
            entries.add(entry.getAsJsonObject());
        }
        return entries;
    }

    private static List<String> states(List<JsonObject> entries) {
        return entries.stream().map(entry -> entry.get("state").getAsString()).toList();
    }

    private List<JsonObject> ended() {
        List<JsonObject> entries = new ArrayList<>();
        await("seed " + seed).untilAsserted(() -> {
            entries.clear();
            entries.addAll(audit());
            assertThat(states(entries)).containsExactly("BEGUN", "ENDED");
        });
        assertThat(entries.get(1).get("of").getAsLong())
                .isEqualTo(entries.get(0).get("seq").getAsLong());
        return entries;
    }

    @Test
    void aKickIsCarriedOutWhileTheStoreIsAwayAndWrittenDownWhenItIsBack() throws Exception {
        store.hang();
        Answer answer = post("/players/ann/kick");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().get("audit").getAsLong()).isZero();
        assertThat(answer.json().get("result").getAsString()).startsWith("kicked (not yet in the audit log");
        assertThat(ann.closedWith()).isEqualTo(ErrorCode.KICKED);
        await().until(() -> see("/overview").get("degraded").toString().contains("1 order is not yet written down"));
        store.answerAgain();
        JsonObject end = ended().get(1);
        assertThat(end.get("words").getAsString()).isEqualTo("kicked");
        await().until(() -> !see("/overview").get("degraded").toString().contains("not yet written down"));
    }

    @Test
    void anEntryWhoseAnswerWasLostIsWrittenOnce() throws Exception {
        store.hangAt("appendAudit");
        assertThat(post("/players/ann/kick").status()).isEqualTo(200);
        store.failAndAnswerAgain();
        ended();
    }

    @Test
    void anOrderThatCannotBeWrittenDownFirstIsNotCarriedOut() throws Exception {
        store.hangAt("appendAudit");
        Answer answer = post("/freezes", CHAT);
        assertThat(answer.status()).as(answer.body()).isEqualTo(503);
        assertThat(answer.errorCode()).isEqualTo("UNAVAILABLE");
        assertThat(answer.body()).contains("nothing was done");
        store.answerAgain();
        assertThat(ended().get(1).get("words").getAsString()).contains("it was not begun");
        assertThat(see("/freezes").getAsJsonArray("freezes")).isEmpty();
        int asked = ann.chat("nobody hinders me");
        ann.expect(message -> message.getChat().getClientSeq() == asked);
    }

    /** Chance decides whether the order was done; the audit log says in the end which it was. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "freeze | /freezes | \"what\": \"chat\", \"scope\": \"everywhere\" | frozen: chat everywhere",
                "sanction | /players/ann/mute | \"seconds\": 60 | muted until",
                "transact | /players/ann/grant | \"key\": \"k1\", \"stacks\": {\"gold\": 5} | gave 5 gold"
            })
    void anOrderWhoseAnswerWasLostIsSettledWhenTheStoreIsBack(String method, String path, String body, String words)
            throws Exception {
        store.hangAt(method);
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> post(path, body));
        await().until(store::isHanging);
        store.failAndAnswerAgain();
        Answer unknown = answer.get(30, TimeUnit.SECONDS);
        assertThat(unknown.status()).as(unknown.body()).isEqualTo(503);
        assertThat(unknown.body()).contains("it is not known whether it was done", "of its entry 1");
        String end = ended().get(1).get("words").getAsString();
        assertThat(end).startsWith("not known at first; ");
        boolean done = isDone(method);
        if (done) {
            assertThat(end).contains(words);
        } else {
            assertThat(end).contains("it was not done");
        }
        int asked = ann.chat("hello");
        boolean refused = ann.expect(message ->
                        message.getReplyTo() == asked || message.getChat().getClientSeq() == asked)
                .hasError();
        assertThat(refused).as("what was done is felt").isEqualTo(done && !method.equals("transact"));
    }

    @Test
    void aMuteWhoseAnswerWasLostStillTellsThePlayerItsMessage() throws Exception {
        store.hangAfter("sanction");
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(
                () -> post("/players/ann/mute", "\"seconds\": 60", "\"message\": \"mind your words\""));
        await().until(store::isHanging);
        store.failAndAnswerAgain();
        assertThat(ann.expect(ServerMessage::hasWhisper).getWhisper().getText()).isEqualTo("mind your words");
        assertThat(ended().get(1).get("words").getAsString())
                .startsWith("not known at first; muted until")
                .endsWith(": mind your words");
        assertThat(answer.get(30, TimeUnit.SECONDS).status()).isEqualTo(503);
        assertThat(ann.errorTo(ann.chat("hello"))).isEqualTo(ErrorCode.MUTED);
    }

    private boolean isDone(String method) throws IOException {
        JsonObject player = see("/players/ann");
        return switch (method) {
            case "freeze" -> !see("/freezes").getAsJsonArray("freezes").isEmpty();
            case "sanction" -> player.get("mutedUntilMillis").getAsLong() > 0;
            default -> player.getAsJsonObject("stacks").get("gold").getAsLong() > 1_000;
        };
    }

    @Test
    void whatAStopHasInterruptedIsSettledAtTheNextStart() throws Exception {
        server.close();
        String mine = AuditedOrder.begun(config.nodeId() + "/earlier", "");
        String others = AuditedOrder.begun("another/earlier", "");
        try (Store open = EmbeddedStore.open(config.store())) {
            AuditEntry first = AuditEntry.after(null, fact(mine));
            AuditEntry second = AuditEntry.after(first, fact(others));
            AuditEntry third = AuditEntry.after(second, fact(mine));
            AuditEntry fourth = AuditEntry.after(third, fact(AuditedOrder.ended(1, "kicked")));
            for (AuditEntry entry : List.of(first, second, third, fourth)) {
                assertThat(open.appendAudit(entry).toCompletableFuture().get()).isTrue();
            }
        }
        store = new HangingStore(EmbeddedStore.open(config.store()), seed);
        server = TavernServer.start(config, store.store());
        await().untilAsserted(
                        () -> assertThat(states(audit())).containsExactly("BEGUN", "BEGUN", "BEGUN", "ENDED", "ENDED"));
        JsonObject end = audit().get(4);
        assertThat(end.get("of").getAsLong()).isEqualTo(3);
        assertThat(end.get("words").getAsString()).startsWith("unknown: the server stopped");
        assertThat(end.get("action").getAsString()).isEqualTo("kick");
        assertThat(post("/announce", "\"text\": \"hello\"").status()).isEqualTo(200);
        assertThat(states(audit())).as("nothing more is settled").hasSize(7);
    }

    private static AuditEntry.Fact fact(String result) {
        return new AuditEntry.Fact(1, "eve (admin)", "127.0.0.1", "kick", "ann", "spam", result);
    }
}
