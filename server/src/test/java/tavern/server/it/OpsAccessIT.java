package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.it.OpsClient.Answer;

/** Who may ask the ops API for what: every route of its own description, so that none is forgotten. */
class OpsAccessIT {
    private static final List<String> RANKS = List.of("viewer", "moderator", "admin");
    private static final AtomicInteger strangers = new AtomicInteger();

    @TempDir
    static Path folder;

    private static TestServer server;
    private static OpsClient nobody;

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(folder, "ops.enabled=true", "ops.metrics-open=false");
        nobody = OpsClient.of(server.opsAddress());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** @param role empty: it takes no token */
    private record Route(String method, String path, String role, JsonObject operation) {
        /** With names that could be, of nobody. */
        String url() {
            return path.replace("{room}", "nowhere")
                    .replace("{player}", "nobody")
                    .replace("{operator}", "nobody")
                    .replace("{item}", "9")
                    .replace("{trade}", "9-" + new UUID(1, 2));
        }

        JsonObject schema() {
            return operation
                    .getAsJsonObject("requestBody")
                    .getAsJsonObject("content")
                    .getAsJsonObject("application/json")
                    .getAsJsonObject("schema");
        }

        /** All that is required, and fits. */
        JsonObject body() {
            JsonObject body = new JsonObject();
            for (JsonElement name : schema().getAsJsonArray("required")) {
                JsonObject field = schema().getAsJsonObject("properties").getAsJsonObject(name.getAsString());
                JsonArray choices = field.getAsJsonArray("enum");
                body.addProperty(
                        name.getAsString(),
                        choices == null ? "x" : choices.get(0).getAsString());
            }
            return body;
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private static List<Route> routes() throws IOException {
        List<Route> routes = new ArrayList<>();
        nobody.get("/api/v1/openapi.json")
                .json()
                .getAsJsonObject("paths")
                .entrySet()
                .forEach(path -> path.getValue().getAsJsonObject().entrySet().forEach(method -> {
                    JsonObject operation = method.getValue().getAsJsonObject();
                    JsonElement role = operation.get("x-role");
                    routes.add(new Route(
                            method.getKey().toUpperCase(Locale.ROOT),
                            path.getKey(),
                            role == null ? "" : role.getAsString(),
                            operation));
                }));
        return routes;
    }

    private static Answer send(OpsClient client, Route route) throws IOException {
        return client.send(
                route.method(),
                route.url(),
                route.method().equals("POST") ? route.body().toString() : null);
    }

    private static Stream<DynamicTest> each(Stream<Route> routes, Check check) {
        return routes.map(route -> DynamicTest.dynamicTest(route.toString(), () -> check.of(route)));
    }

    private interface Check {
        void of(Route route) throws IOException;
    }

    private static OpsClient as(String role) throws IOException {
        return OpsClient.of(server.opsAddress(), folder, role);
    }

    @Test
    void thereAreRoutesToTest() throws IOException {
        assertThat(routes()).hasSizeGreaterThan(25);
        assertThat(routes().stream().filter(route -> route.role().isEmpty()).map(Route::path))
                .containsExactlyInAnyOrder("/healthz", "/readyz", "/api/v1/openapi.json", "/api/v1/sign-in");
    }

    @TestFactory
    Stream<DynamicTest> everyRouteRefusesWhoHasNoToken() throws IOException {
        return each(routes().stream().filter(route -> !route.role().isEmpty()), route -> {
            Answer answer = send(nobody, route);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.errorCode()).isEqualTo("NO_TOKEN");
            assertThat(answer.headers()).containsEntry("www-authenticate", "Bearer");
        });
    }

    @TestFactory
    Stream<DynamicTest> everyRouteRefusesAWrongToken() throws IOException {
        return each(routes().stream().filter(route -> !route.role().isEmpty()), route -> {
            Answer answer = send(stranger().token("x".repeat(43)), route);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.errorCode()).isEqualTo("WRONG_TOKEN");
        });
    }

    /** Of an address of its own, so that no other test is locked out with it. */
    private static OpsClient stranger() {
        return nobody.from("127.1.0." + (1 + strangers.getAndIncrement()));
    }

    @TestFactory
    Stream<DynamicTest> everyRouteRefusesATokenOfTooLowARole() throws IOException {
        return each(routes().stream().filter(route -> RANKS.indexOf(route.role()) > 0), route -> {
            for (String role : RANKS.subList(0, RANKS.indexOf(route.role()))) {
                Answer answer = send(as(role), route);
                assertThat(answer.status()).as(role).isEqualTo(403);
                assertThat(answer.errorCode()).isEqualTo("FORBIDDEN");
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> everyRouteRefusesParametersThatItDoesNotKnow() throws IOException {
        return each(routes().stream(), route -> {
            OpsClient admin = as("admin");
            String body = route.method().equals("POST") ? route.body().toString() : null;
            assertBad(admin.send(route.method(), route.url() + "?surprise=1", body));
            if (body != null) {
                JsonObject more = route.body();
                more.addProperty("surprise", 1);
                assertBad(admin.post(route.url(), more.toString()));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> everyRouteRefusesBadValuesOfItsParameters() throws IOException {
        return each(routes().stream(), route -> {
            OpsClient admin = as("admin");
            String body = route.method().equals("POST") ? route.body().toString() : null;
            for (JsonElement each : route.operation().getAsJsonArray("parameters")) {
                JsonObject parameter = each.getAsJsonObject();
                String name = parameter.get("name").getAsString();
                String type = parameter.getAsJsonObject("schema").get("type").getAsString();
                if (parameter.get("in").getAsString().equals("header")) {
                    assertBad(admin.with(name, "not a version").send(route.method(), route.url(), body));
                } else if (parameter.get("in").getAsString().equals("path")) {
                    String url = route.path().replace("{" + name + "}", "%3Cscript%3E");
                    assertBad(admin.send(route.method(), url, body));
                } else {
                    String bad = type.equals("integer") ? "one" : "%07";
                    assertBad(admin.send(route.method(), route.url() + "?" + name + "=" + bad, body));
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> everyActionRefusesABodyThatIsNotWhatItExpects() throws IOException {
        return each(routes().stream().filter(route -> route.method().equals("POST")), route -> {
            OpsClient admin = as("admin");
            for (String body : List.of("", "[]", "null", "{", "{} {}", "{\"reason\": 1}", "[".repeat(10_000))) {
                assertBad(admin.post(route.url(), body));
            }
            for (String name : route.body().keySet()) {
                JsonObject lacking = route.body();
                lacking.remove(name);
                assertBad(admin.post(route.url(), lacking.toString()));
                JsonObject wrong = route.body();
                wrong.add(name, new JsonArray());
                assertBad(admin.post(route.url(), wrong.toString()));
            }
            assertThat(route.body().has("reason") || isOfOnesOwn(route.path())).isTrue();
        });
    }

    /** What operators do to themselves needs no reason. */
    private static boolean isOfOnesOwn(String path) {
        return path.startsWith("/api/v1/account/") || path.startsWith("/api/v1/sign-");
    }

    private static void assertBad(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.errorCode()).isEqualTo("BAD_REQUEST");
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() throws IOException {
        String reason = "x".repeat(20_000);
        Answer answer = as("admin").post("/api/v1/announce", "{\"reason\": \"" + reason + "\"}");
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.errorCode()).isEqualTo("TOO_LARGE");
    }

    @Test
    void whatAFormCouldSendIsRefused() throws IOException {
        OpsClient form = as("admin").with("Content-Type", "text/plain");
        assertThat(form.post("/api/v1/announce", "{}").status()).isEqualTo(415);
    }

    @Test
    void unknownPathsAndMethodsAreToldApartInJson() throws IOException {
        assertThat(nobody.get("/api/v1/nothing").errorCode()).isEqualTo("NOT_FOUND");
        assertThat(nobody.get("/../../etc/passwd").status()).isIn(400, 404);
        assertThat(nobody.send("DELETE", "/api/v1/overview", null).errorCode()).isEqualTo("METHOD_NOT_ALLOWED");
    }

    @Test
    void anotherSitesPageIsTurnedAway() throws IOException {
        OpsClient viewer = as("viewer");
        String own = "http://127.0.0.1:" + server.opsAddress().getPort();
        assertThat(viewer.with("Origin", own).get("/api/v1/overview").status()).isEqualTo(200);
        for (String origin : List.of("http://evil.example", "null", "http://127.0.0.1:1")) {
            Answer answer = viewer.with("Origin", origin).get("/api/v1/overview");
            assertThat(answer.status()).as(origin).isEqualTo(403);
            assertThat(answer.errorCode()).isEqualTo("FOREIGN_ORIGIN");
        }
    }

    @Test
    void aNameThatWasMadeToPointHereIsNotServed() throws IOException {
        for (String host : List.of("evil.example", "evil.example:7780", "127.0.0.1.evil.example", "")) {
            assertThat(nobody.with("Host", host).get("/healthz").status())
                    .as(host)
                    .isIn(400, 421);
        }
        for (String host : List.of("localhost:7780", "[::1]:7780", "10.1.2.3")) {
            assertThat(nobody.with("Host", host).get("/healthz").status())
                    .as(host)
                    .isEqualTo(200);
        }
    }

    @Test
    void tenWrongTokensLockFurtherGuessesFromTheirAddressOutAndNobodyElse() throws IOException {
        OpsClient guesser = nobody.from("127.2.0.1");
        for (int i = 0; i < 10; i++) {
            assertThat(guesser.token("guess" + i).get("/api/v1/overview").status())
                    .isEqualTo(401);
        }
        Answer locked = guesser.token("guess").get("/api/v1/overview");
        assertThat(locked.status()).isEqualTo(429);
        assertThat(locked.errorCode()).isEqualTo("LOCKED_OUT");
        assertThat(locked.headers()).containsEntry("retry-after", "60");
        assertThat(guesser.get("/healthz").status()).isEqualTo(200);
        String right = OpsClient.token(folder.resolve("ops-tokens"), "admin");
        assertThat(guesser.token(right).get("/api/v1/overview").status())
                .as("who has a token is not locked out by others at the same address")
                .isEqualTo(200);
        assertThat(as("admin").get("/api/v1/overview").status()).isEqualTo(200);
    }

    @Test
    void everyAnswerTellsTheBrowserToRunAndKeepNothing() throws IOException {
        for (Answer answer : List.of(
                nobody.get("/healthz"), nobody.get("/nothing"), as("viewer").get("/api/v1/overview"))) {
            assertThat(answer.headers())
                    .containsEntry("x-content-type-options", "nosniff")
                    .containsEntry("referrer-policy", "no-referrer")
                    .containsEntry("cache-control", "no-store")
                    .doesNotContainKeys("set-cookie", "server", "x-powered-by");
            assertThat(answer.headers().get("content-security-policy"))
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
        }
    }

    @Test
    void theTokensAreReadableByTheirOwnerOnlyAndOfAnyOtherFileTheServerSaysSo() throws IOException {
        Path tokens = folder.resolve("ops-tokens");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tokens)))
                .isEqualTo("rw-------");
        Path open = Files.writeString(folder.resolve("open-tokens"), Files.readString(tokens));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> TestServer.start(folder.resolve("other"), "ops.enabled=true", "ops.token=" + open))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("chmod 600");
    }

    @Test
    void theConfigurationIsShownWithoutItsSecrets() throws IOException {
        JsonObject config = as("admin").get("/api/v1/config").json();
        assertThat(config.getAsJsonObject("store.redis.uri").get("value").getAsString())
                .isEqualTo("***");
        assertThat(config.getAsJsonObject("room.tick-hz").get("value").getAsString())
                .isEqualTo("20");
        assertThat(config.getAsJsonObject("net.port").get("origin").getAsString())
                .contains("command line");
    }

    @Test
    void thePageTakesNoTokenAndRunsNothingButItsOwnFiles() throws IOException {
        Answer page = nobody.get("/");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.headers().get("content-type")).startsWith("text/html");
        assertThat(page.headers().get("content-security-policy")).contains("script-src 'self'");
        assertThat(page.body()).contains("type=\"module\"").doesNotContain("<style", "onclick");
        assertThat(nobody.get("/console.js").headers().get("content-type")).contains("javascript");
        assertThat(nobody.get("/../OpsServer.class").status()).isIn(400, 404);
    }

    @Test
    void metricsTakeATokenUnlessTheyAreOpen() throws IOException {
        assertThat(nobody.get("/metrics").status()).isEqualTo(401);
        Answer metrics = as("viewer").get("/metrics");
        assertThat(metrics.headers().get("content-type")).startsWith("text/plain");
        assertThat(metrics.body())
                .contains("tavern_sessions 0.0", "tavern_room_wait_seconds_bucket", "jvm_memory_used_bytes");
    }
}
