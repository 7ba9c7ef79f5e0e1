package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.it.OpsClient.Answer;
import tavern.server.operators.Totp;
import tavern.server.services.FairTime;

/** Accounts of operators, from their making to their end, over the API of a real server. */
@Timeout(120)
final class OperatorAccountsIT {
    private static final String PASSWORD = "correct horse battery";
    private static final AtomicInteger addresses = new AtomicInteger();

    @TempDir
    static Path folder;

    private static TestServer server;
    private static OpsClient admin;

    private final String name = "op" + addresses.incrementAndGet();

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(
                folder,
                "ops.enabled=true",
                "ops.password-iterations=100000",
                "ops.roles.support=[announce]",
                "ops.roles.chief=[operators, announce]");
        admin = OpsClient.of(server.opsAddress(), folder, "admin");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Of an address of its own, so that no other test throttles it. */
    private OpsClient somebody() {
        return OpsClient.of(server.opsAddress()).from("127.3.0." + addresses.incrementAndGet());
    }

    private static JsonObject body(String... pairs) {
        JsonObject body = new JsonObject();
        for (int i = 0; i < pairs.length; i += 2) {
            body.addProperty(pairs[i], pairs[i + 1]);
        }
        return body;
    }

    private static Answer post(OpsClient client, String path, JsonObject body) throws IOException {
        return client.post("/api/v1/" + path, body.toString());
    }

    private static JsonObject done(OpsClient client, String path, JsonObject body) throws IOException {
        Answer answer = post(client, path, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private JsonObject add(String... roles) throws IOException {
        JsonObject body = body("name", name, "newPassword", PASSWORD, "reason", "a test");
        body.addProperty("forever", true);
        JsonArray list = new JsonArray();
        List.of(roles).forEach(list::add);
        body.add("roles", list);
        return done(admin, "operators", body);
    }

    private void change(String action, String... pairs) throws IOException {
        JsonObject body = body(pairs);
        body.addProperty("reason", "a test");
        done(admin, "operators/" + name + "/" + action, body);
    }

    private Answer attempt(OpsClient client, String password, String code) throws IOException {
        JsonObject body = body("name", name, "password", password);
        if (!code.isEmpty()) {
            body.addProperty("code", code);
        }
        return post(client, "sign-in", body);
    }

    private OpsClient signedIn() throws IOException {
        return signedIn("");
    }

    private OpsClient signedIn(String code) throws IOException {
        OpsClient client = somebody();
        Answer answer = attempt(client, PASSWORD, code);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return client.token(answer.json().get("key").getAsString());
    }

    private static int status(OpsClient client) throws IOException {
        return client.get("/api/v1/overview").status();
    }

    /** Sets a second factor. @return its secret, the ten recovery codes, and the code that it was set with */
    private static List<String> secondFactor(OpsClient client) throws IOException {
        JsonObject made = client.get("/api/v1/account/second-factor").json();
        String secret = made.get("secret").getAsString();
        assertThat(made.get("uri").getAsString())
                .startsWith("otpauth://totp/Tavern%20")
                .contains(secret);
        assertThat(made.get("qr").getAsString()).startsWith("<svg");
        String first = Totp.code(secret, System.currentTimeMillis(), 0);
        JsonObject set = done(
                client,
                "account/second-factor",
                body(
                        "password", PASSWORD,
                        "secret", secret,
                        "code", first));
        List<String> all = new ArrayList<>(List.of(secret));
        for (JsonElement code : set.getAsJsonArray("recoveryCodes")) {
            all.add(code.getAsString());
        }
        assertThat(all).hasSize(11).doesNotHaveDuplicates();
        all.add(first);
        return all;
    }

    @Test
    void anAccountSignsInAndMayDoWhatItsRolesMay() throws IOException {
        JsonObject made = add("support");
        assertThat(made.get("result").getAsString()).contains("support");
        assertThat(made.has("password")).isFalse();
        OpsClient operator = signedIn();
        JsonObject who = operator.get("/api/v1/whoami").json();
        assertThat(who.get("name").getAsString()).isEqualTo(name);
        assertThat(who.get("rights").toString()).isEqualTo("[\"announce\",\"see\"]");
        assertThat(done(operator, "announce", body("text", "hello", "reason", "a test"))
                        .get("audit")
                        .getAsLong())
                .isPositive();
        Answer refused = post(operator, "drain", body("reason", "a test"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("right servers");

        JsonObject both = body("reason", "a test");
        JsonArray roles = new JsonArray();
        roles.add("support");
        roles.add("admin");
        both.add("roles", roles);
        done(admin, "operators/" + name + "/roles", both);
        assertThat(operator.get("/api/v1/config").status()).as("at once").isEqualTo(200);
    }

    @Test
    void whateverIsWrongTheAnswerIsTheSame() throws IOException {
        add("viewer");
        List<Answer> answers = new ArrayList<>();
        answers.add(post(somebody(), "sign-in", body("name", "nobody-" + name, "password", PASSWORD)));
        answers.add(post(somebody(), "sign-in", body("name", "<script>", "password", PASSWORD)));
        answers.add(attempt(somebody(), PASSWORD + "!", ""));
        OpsClient operator = signedIn();
        secondFactor(operator);
        answers.add(attempt(somebody(), PASSWORD, ""));
        answers.add(attempt(somebody(), PASSWORD, "000000"));
        answers.add(attempt(somebody(), PASSWORD, "aaaa-bbbb-cccc-dddd"));
        change("reset-second-factor");
        change("disable");
        answers.add(attempt(somebody(), PASSWORD, ""));
        change("enable");
        expire(1);
        await().untilAsserted(() ->
                assertThat(attempt(somebody(), PASSWORD, "").status()).isEqualTo(403));
        answers.add(attempt(somebody(), PASSWORD, ""));
        assertThat(answers).extracting(Answer::body).containsOnly(answers.get(0).body());
        assertThat(answers).extracting(Answer::status).containsOnly(403);
    }

    /** docs/OPS.md tells programs such as fail2ban how the line looks. */
    @Test
    void everyRefusedSignInIsALineWithItsAddress() throws IOException {
        add("viewer");
        secondFactor(signedIn());
        try (Logs logs = new Logs()) {
            refusalIsLogged(logs, PASSWORD + "!", "");
            refusalIsLogged(logs, PASSWORD, "000000");
            refusalIsLogged(logs, PASSWORD, "aaaa-bbbb-cccc-dddd");
        }
    }

    /** Other tests may have had all lines of a second. */
    private void refusalIsLogged(Logs logs, String password, String code) {
        await().untilAsserted(() -> {
            String address = "127.3.1." + addresses.incrementAndGet();
            attempt(OpsClient.of(server.opsAddress()).from(address), password, code);
            assertThat(logs.contain("ops login refused from " + address + ": ")).isTrue();
        });
    }

    @Test
    void theSecondFactorIsReplacedAndRemovedOnlyWithACodeOfIt() throws IOException {
        add("viewer");
        OpsClient operator = signedIn();
        List<String> codes = secondFactor(operator);
        String next = operator.get("/api/v1/account/second-factor")
                .json()
                .get("secret")
                .getAsString();
        JsonObject replaced = body(
                "password", PASSWORD,
                "secret", next,
                "code", Totp.code(next, System.currentTimeMillis(), 0));
        assertThat(post(operator, "account/second-factor", replaced).status()).isEqualTo(403);
        replaced.addProperty("currentCode", Totp.code(codes.get(0), System.currentTimeMillis(), 1));
        done(operator, "account/second-factor", replaced);

        assertThat(post(operator, "account/second-factor/remove", body("password", PASSWORD))
                        .status())
                .isEqualTo(403);
        assertThat(post(operator, "account/second-factor/remove", body("password", PASSWORD, "code", codes.get(1)))
                        .status())
                .as("a recovery code of the factor before")
                .isEqualTo(403);
        String code = Totp.code(next, System.currentTimeMillis(), 1);
        done(operator, "account/second-factor/remove", body("password", PASSWORD, "code", code));
        assertThat(attempt(somebody(), PASSWORD, "").status()).isEqualTo(200);
    }

    @Test
    void nobodyTakesOverTheirOwnAccountWithoutItsPassword() throws IOException {
        add("chief");
        OpsClient chief = signedIn();
        OpsClient script = somebody()
                .token(done(chief, "account/tokens", body("password", PASSWORD, "label", "script"))
                        .get("token")
                        .getAsString());
        for (String action : List.of("password", "reset-second-factor")) {
            for (OpsClient each : List.of(chief, script)) {
                Answer refused = post(each, "operators/" + name + "/" + action, body("reason", "a test"));
                assertThat(refused.status()).as(action).isEqualTo(409);
                assertThat(refused.body()).contains("your own account");
            }
        }
        assertThat(attempt(somebody(), PASSWORD, "").status()).isEqualTo(200);
    }

    private void expire(long seconds) throws IOException {
        JsonObject body = body("reason", "a test");
        body.addProperty("seconds", seconds);
        done(admin, "operators/" + name + "/expire", body);
    }

    @Test
    void aCodeIsGoodOnceAndSoIsARecoveryCode() throws Exception {
        add("viewer");
        List<String> codes = secondFactor(signedIn());
        String code = Totp.code(codes.get(0), System.currentTimeMillis(), 1);
        assertThat(attempt(somebody(), PASSWORD, codes.get(11)).status())
                .as("used to set it")
                .isEqualTo(403);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Answer>> attempts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                OpsClient client = somebody();
                attempts.add(() -> attempt(client, PASSWORD, code));
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Answer> each : threads.invokeAll(attempts)) {
                statuses.add(each.get().status());
            }
            assertThat(statuses).containsExactlyInAnyOrder(200, 403, 403, 403);
        } finally {
            threads.shutdown();
        }
        String recovery = codes.get(3).toUpperCase(Locale.ROOT).replace("-", " ");
        assertThat(attempt(somebody(), PASSWORD, recovery).status()).isEqualTo(200);
        assertThat(attempt(somebody(), PASSWORD, recovery).status()).isEqualTo(403);
        assertThat(attempt(somebody(), PASSWORD, codes.get(4)).status()).isEqualTo(200);
    }

    @Test
    void whoIsDisabledIsOutWithinASecondAlsoFromAnOpenConsole() throws IOException {
        add("viewer");
        OpsClient operator = signedIn();
        try (Socket console = operator.with("Accept", "text/event-stream").open("GET", "/api/v1/stream", null)) {
            OpsStreamsIT.readUntil(console, "event: overview");
            long before = FairTime.nanos();
            change("disable");
            assertThat(status(operator)).isEqualTo(401);
            console.getInputStream().readAllBytes(); // ends, or the read times out
            assertThat(FairTime.nanos() - before).isLessThan(3_000_000_000L);
        }
        change("enable");
        assertThat(status(operator)).as("the session does not come back").isEqualTo(401);
        assertThat(status(signedIn())).isEqualTo(200);
    }

    @Test
    void anAccountThatExpiresTakesItsSessionsAlong() throws IOException {
        add("viewer");
        OpsClient operator = signedIn();
        expire(1);
        await().untilAsserted(() -> assertThat(status(operator)).isEqualTo(401));
    }

    @Test
    void guessesAreSlowedDownByAddress() throws IOException {
        add("viewer");
        OpsClient guesser = somebody();
        for (int i = 0; i < 10; i++) {
            assertThat(attempt(guesser, "guess " + i, "").status()).isEqualTo(403);
        }
        Answer locked = attempt(guesser, PASSWORD, "");
        assertThat(locked.status()).isEqualTo(429);
        assertThat(locked.errorCode()).isEqualTo("LOCKED_OUT");
        assertThat(attempt(somebody(), PASSWORD, "").status()).isEqualTo(200);
    }

    @Test
    void guessesAreSlowedDownByNameExceptWhereItsOwnerLastSignedInFrom() throws IOException {
        add("viewer");
        OpsClient home = somebody();
        assertThat(attempt(home, PASSWORD, "").status()).isEqualTo(200);
        for (int i = 0; i < 20; i++) {
            assertThat(attempt(somebody(), "guess " + i, "").status()).isEqualTo(403);
        }
        assertThat(attempt(somebody(), PASSWORD, "").status()).isEqualTo(429);
        assertThat(attempt(home, PASSWORD, "").status()).isEqualTo(200);
    }

    @Test
    void aTokenIsShownOnceWorksAndIsEnded() throws IOException {
        add("moderator");
        OpsClient operator = signedIn();
        assertThat(post(operator, "account/tokens", body("password", "wrong wrong wrong", "label", "x"))
                        .status())
                .isEqualTo(403);
        String token = done(operator, "account/tokens", body("password", PASSWORD, "label", "nightly report"))
                .get("token")
                .getAsString();
        OpsClient script = somebody().token(token);
        assertThat(script.get("/api/v1/audit").body())
                .contains("nightly report")
                .doesNotContain(token);
        JsonObject account = operator.get("/api/v1/account").json();
        assertThat(account.toString()).doesNotContain(token);
        JsonObject row = account.getAsJsonArray("sessions").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(each -> each.get("kind").getAsString().equals("TOKEN"))
                .findFirst()
                .orElseThrow();
        assertThat(row.get("label").getAsString()).isEqualTo("nightly report");
        done(operator, "sign-out", new JsonObject());
        assertThat(status(operator)).isEqualTo(401);
        assertThat(status(script)).isEqualTo(200);
        done(script, "account/end", body("id", row.get("id").getAsString()));
        assertThat(status(script)).isEqualTo(401);
    }

    @Test
    void sessionsAreListedAndEndedByTheirOwnerAndByAdmins() throws IOException {
        add("viewer");
        OpsClient one = signedIn();
        OpsClient other = signedIn();
        JsonArray own = one.get("/api/v1/account").json().getAsJsonArray("sessions");
        assertThat(own).hasSize(2);
        String otherId = own.asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(each -> !each.get("own").getAsBoolean())
                .map(each -> each.get("id").getAsString())
                .findFirst()
                .orElseThrow();
        done(one, "account/end", body("id", otherId));
        assertThat(status(other)).isEqualTo(401);
        assertThat(status(one)).isEqualTo(200);
        assertThat(admin.get("/api/v1/operators/sessions").body()).contains("\"" + name + "\"", "127.3.0.");
        assertThat(one.get("/api/v1/operators/sessions").status()).isEqualTo(403);
        change("end");
        assertThat(status(one)).isEqualTo(401);
    }

    @Test
    void ofOneOperatorThereAreSoManySessionsAndNoMore() throws IOException {
        add("viewer");
        List<OpsClient> all = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            all.add(signedIn());
        }
        assertThat(status(all.get(0))).isEqualTo(401);
        assertThat(status(all.get(1))).isEqualTo(200);
        assertThat(status(all.get(10))).isEqualTo(200);
    }

    @Test
    void aNewPasswordEndsTheOtherSessions() throws IOException {
        add("viewer");
        OpsClient one = signedIn();
        OpsClient other = signedIn();
        String next = "another horse battery";
        assertThat(post(one, "account/password", body("password", "wrong wrong wrong", "newPassword", next))
                        .status())
                .isEqualTo(403);
        assertThat(post(one, "account/password", body("password", PASSWORD, "newPassword", "short"))
                        .status())
                .isEqualTo(400);
        done(one, "account/password", body("password", PASSWORD, "newPassword", next));
        assertThat(status(one)).isEqualTo(200);
        assertThat(status(other)).isEqualTo(401);
        assertThat(attempt(somebody(), PASSWORD, "").status()).isEqualTo(403);
        assertThat(attempt(somebody(), next, "").status()).isEqualTo(200);
        JsonObject reset = done(admin, "operators/" + name + "/password", body("reason", "forgotten"));
        assertThat(status(one)).isEqualTo(401);
        assertThat(attempt(somebody(), reset.get("password").getAsString(), "").status())
                .isEqualTo(200);
        assertThat(admin.get("/api/v1/audit").body())
                .contains("forgotten")
                .doesNotContain(reset.get("password").getAsString());
    }

    @Test
    void nobodyGivesRightsThatTheyDoNotHave() throws IOException {
        add("chief");
        OpsClient chief = signedIn();
        String other = name + "-other";
        JsonObject wanted = body("name", other, "reason", "a test");
        wanted.addProperty("forever", true);
        JsonArray roles = new JsonArray();
        roles.add("admin");
        wanted.add("roles", roles);
        assertThat(post(chief, "operators", wanted).status()).isEqualTo(403);
        done(admin, "operators", wanted);
        for (String action : List.of("disable", "remove", "password", "end", "reset-second-factor")) {
            assertThat(post(chief, "operators/" + other + "/" + action, body("reason", "a test"))
                            .status())
                    .as(action)
                    .isEqualTo(403);
        }
        wanted.addProperty("name", name + "-third");
        roles.set(0, new JsonPrimitive("support"));
        JsonObject made = done(chief, "operators", wanted);
        assertThat(made.get("password").getAsString()).hasSize(20);
        done(chief, "operators/" + name + "-third/remove", body("reason", "a test"));
        assertThat(post(chief, "operators/" + name + "-third/remove", body("reason", "a test"))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void theTokenFileIsTheFirstWayInAndHasNoAccount() throws IOException {
        assertThat(admin.get("/api/v1/account").status()).isEqualTo(409);
        JsonObject wanted = body("name", "admin", "reason", "a test");
        wanted.addProperty("forever", true);
        JsonArray roles = new JsonArray();
        roles.add("admin");
        wanted.add("roles", roles);
        assertThat(post(admin, "operators", wanted).status()).isEqualTo(409);
        assertThat(admin.get("/api/v1/operators")
                        .json()
                        .getAsJsonObject("roles")
                        .keySet())
                .containsExactly("admin", "chief", "moderator", "support", "viewer");
    }

    @Test
    void anotherSitesPageCannotSignIn() throws IOException {
        add("viewer");
        assertThat(attempt(somebody().with("Origin", "http://evil.example"), PASSWORD, "")
                        .status())
                .isEqualTo(403);
        assertThat(attempt(somebody().with("Content-Type", "text/plain"), PASSWORD, "")
                        .status())
                .isEqualTo(415);
        assertThat(attempt(somebody(), PASSWORD, "").headers()).doesNotContainKey("set-cookie");
    }
}
