package tavern.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ServerMessage;

/** What is shipped for Prometheus and Grafana asks a server with all its parts for nothing that it does not have. */
final class OpsMetricsIT {
    private static final Pattern NAME =
            Pattern.compile("\\b(?:tavern|jvm|process|system|netty|cache)_[a-z0-9_]+(?=[{\\[ )]|$)");
    private static final int GRID_WIDTH = 24;

    @TempDir
    static Path folder;

    private static TestServices services;
    private static TestServer server;

    @BeforeAll
    static void startAndPlay() throws Exception {
        services = TestServices.start(folder.resolve("services"));
        Files.createDirectories(folder.resolve("server"));
        Path games = Files.createDirectories(folder.resolve("games"));
        GameRoomIT.packTheGame(games);
        server = TestServer.start(
                folder.resolve("server"),
                services.directSettings("ops.enabled=true", "games.path=" + games, "games.types.cards.game=table"));
        try (RawClient ann = server.client("secretann", "secrethall");
                RawClient bob = server.client("secretbob", "secrethall")) {
            UUID trade = TestIds.fresh();
            ann.offer(trade, "secretbob", RawClient.gold(1), RawClient.gold(2));
            bob.expect(ServerMessage::hasTradeOffered);
            bob.accept(trade, "secretann");
            bob.tradeResult(trade);
            ann.chat("secrettext");
            bob.answerTo(bob.send(GameRoomIT.joining("secrettable", "cards", "")));
            bob.answerTo(bob.send(GameRoomIT.saying(0, "refuse")));
        }
        // Pauses are counted from the first one on.
        System.gc();
        await().until(() -> metrics().contains("jvm_gc_pause_seconds_count"));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        services.close();
    }

    private static String metrics() throws IOException {
        return OpsClient.of(server.opsAddress()).get("/metrics").body();
    }

    private static Path config(String name) {
        return Path.of(System.getProperty("tavern.root"), "config", name);
    }

    private static JsonObject dashboard() throws IOException {
        return JsonParser.parseString(Files.readString(config("grafana-dashboard.json"), UTF_8))
                .getAsJsonObject();
    }

    private static List<JsonObject> panels() throws IOException {
        List<JsonObject> panels = new ArrayList<>();
        dashboard().getAsJsonArray("panels").forEach(panel -> panels.add(panel.getAsJsonObject()));
        return panels;
    }

    private static void assertServed(String asked, int namesMin) throws IOException {
        Set<String> served = new HashSet<>();
        metrics().lines().filter(line -> !line.startsWith("#")).forEach(line -> served.add(line.split("[{ ]")[0]));
        Set<String> names = new TreeSet<>(
                NAME.matcher(asked).results().map(MatchResult::group).toList());
        assertThat(names).hasSizeGreaterThan(namesMin);
        names.removeAll(served);
        assertThat(names).as("asked for, and not served").isEmpty();
    }

    @Test
    void everyMetricOfTheDashboardIsServed() throws IOException {
        StringBuilder asked = new StringBuilder();
        for (JsonObject panel : panels()) {
            JsonArray targets = panel.getAsJsonArray("targets");
            if (panel.get("type").getAsString().equals("row")) {
                assertThat(targets).isNull();
                continue;
            }
            assertThat(targets).as(panel.get("title").getAsString()).isNotEmpty();
            for (JsonElement target : targets) {
                String expression = target.getAsJsonObject().get("expr").getAsString();
                assertThat(NAME.matcher(expression).find()).as(expression).isTrue();
                asked.append(expression).append('\n');
            }
        }
        assertServed(asked.toString(), 30);
    }

    @Test
    void everyMetricOfTheAlertsIsServed() throws IOException {
        assertServed(Files.readString(config("alerts.yml"), UTF_8), 8);
    }

    @Test
    void thePanelsStandSideBySide() throws IOException {
        Set<Integer> ids = new HashSet<>();
        Set<String> taken = new HashSet<>();
        for (JsonObject panel : panels()) {
            JsonObject place = panel.getAsJsonObject("gridPos");
            int left = place.get("x").getAsInt();
            int right = left + place.get("w").getAsInt();
            assertThat(ids.add(panel.get("id").getAsInt())).isTrue();
            assertThat(right).isLessThanOrEqualTo(GRID_WIDTH);
            for (int x = left; x < right; x++) {
                for (int y = 0; y < place.get("h").getAsInt(); y++) {
                    assertThat(taken.add(x + "," + (place.get("y").getAsInt() + y)))
                            .as(panel.get("title").getAsString())
                            .isTrue();
                }
            }
        }
        assertThat(panels().stream()
                        .filter(panel -> panel.get("type").getAsString().equals("row"))
                        .map(panel -> panel.get("title").getAsString()))
                .contains(
                        "Players and rooms",
                        "Latency",
                        "Trades and feed",
                        "Store and cache",
                        "Network",
                        "JVM",
                        "Games");
    }

    @Test
    void whatPlayersWriteIsNoLabel() throws IOException {
        assertThat(metrics()).doesNotContain("secret");
    }

    @Test
    void eachRoomThreadHasItsOwnHistograms() throws IOException {
        for (String name : List.of("wait", "run", "tick", "tick_late")) {
            assertThat(metrics()).containsPattern("tavern_room_" + name + "_seconds_bucket\\{thread=\"0\",le=");
        }
    }
}
