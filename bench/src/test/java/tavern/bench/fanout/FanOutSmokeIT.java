package tavern.bench.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.bench.Bench;
import tavern.bench.Chart;
import tavern.bench.ClosedTogether;
import tavern.bench.Flames;
import tavern.bench.Progress;
import tavern.bench.Section;
import tavern.bench.Stop;

/** Runs each section briefly with real servers and few players, to check that it works and counts. */
final class FanOutSmokeIT {
    private static final Duration MOMENT = Duration.ofMillis(600);

    @TempDir
    private Path folder;

    private final ClosedTogether kept = new ClosedTogether();

    @AfterEach
    void nothingIsLeft() throws IOException, InterruptedException {
        kept.close();
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).as("what the servers leave behind").isEmpty();
        }
    }

    @Test
    void moves() throws IOException, InterruptedException {
        MovesSection section = new MovesBenchmark()
                .measure(
                        here(),
                        new MovesPace(40, MOMENT, 1, MOMENT.multipliedBy(2), List.of(20, 40), 1, MOMENT, MOMENT, 0));

        JsonObject json = section.json();
        assertThat(json.get("tavernCpuMicros").getAsDouble()).isPositive();
        assertThat(json.get("referenceCpuMicros").getAsDouble()).isPositive();
        assertThat(json.get("ratio").getAsDouble()).isPositive();
        assertThat(json.get("bytesPerUpdate").getAsDouble()).isBetween(4.0, 10.0);
        assertThat(json.get("referenceBytesPerUpdate").getAsDouble()).isBetween(4.0, 15.0);
        assertThat(json.getAsJsonObject("sustainedPlayers").keySet()).containsExactly("tavern", "reference");
        JsonObject growth = json.getAsJsonArray("growth").get(0).getAsJsonObject();
        assertThat(growth.get("players").getAsInt()).isEqualTo(20);
        assertThat(growth.get("p99Ms").getAsDouble()).isPositive();
        assertThat(Chart.svg(section.charts())).contains("<polyline", "Tavern", "reference");
        assertThat(printed(section)).contains("µs/update", "growth", "aims");
    }

    @Test
    void scenes() throws IOException, InterruptedException {
        ScenesSection section =
                new ScenesBenchmark().measure(here(), new ScenesPace(20, MOMENT, 1, MOMENT.multipliedBy(2)));

        JsonObject without = section.json().getAsJsonObject("without");
        JsonObject with = section.json().getAsJsonObject("with");
        assertThat(without.get("cpuMicros").getAsDouble()).isPositive();
        assertThat(with.get("cpuMicros").getAsDouble())
                .isPositive()
                .isLessThan(without.get("cpuMicros").getAsDouble());
        assertThat(with.get("bytesPerUpdate").getAsDouble()).isBetween(3.0, 6.0);
        assertThat(printed(section)).contains("100 NPCs a room", "aims");
    }

    /** Compares this build with itself, which serves as the other build. */
    @Test
    void anotherBuildMayTakeTheReferencesPlace() throws IOException, InterruptedException {
        Path checkout = Path.of(System.getProperty("tavern.root"));
        Bench bench = new Bench(
                folder,
                folder,
                true,
                0,
                0,
                Set.of("cost"),
                Flames.none(),
                checkout,
                false,
                false,
                Progress.none(),
                new Stop(),
                kept);

        MovesSection section = new MovesBenchmark()
                .measure(bench, new MovesPace(40, MOMENT, 1, MOMENT.multipliedBy(2), List.of(), 1, MOMENT, MOMENT, 0));

        assertThat(section.json().get("ratio").getAsDouble()).isPositive();
        assertThat(section.json().get("referenceBytesPerUpdate").getAsDouble()).isBetween(4.0, 10.0);
        assertThat(printed(section)).contains("other build", "of the other build's", "at most 1.03");
    }

    @Test
    void webSocketsMayBeMeasuredBesideTcp() throws IOException, InterruptedException {
        Bench bench = new Bench(
                folder,
                folder,
                true,
                0,
                0,
                Set.of("cost"),
                Flames.none(),
                null,
                true,
                false,
                Progress.none(),
                new Stop(),
                kept);

        MovesSection section = new MovesBenchmark()
                .measure(bench, new MovesPace(40, MOMENT, 1, MOMENT.multipliedBy(2), List.of(), 1, MOMENT, MOMENT, 0));

        assertThat(section.json().get("ratio").getAsDouble()).isPositive();
        assertThat(section.json().get("bytesPerUpdate").getAsDouble()).isBetween(4.0, 10.0);
        assertThat(printed(section)).contains("WebSocket", "of the plain TCP's", "at most 1.15");
    }

    @Test
    void crowd() throws IOException, InterruptedException {
        CrowdSection section =
                new CrowdBenchmark().measure(here(), new CrowdPace(40, MOMENT, 1, MOMENT.multipliedBy(2)));

        JsonObject json = section.json();
        JsonObject everybody = json.getAsJsonObject("everybody");
        assertThat(everybody.get("cpuMicrosPerPlayerSecond").getAsDouble()).isPositive();
        if (!everybody.get("late").getAsBoolean()) {
            // About ten moves a second from each of 39 others.
            assertThat(everybody.get("updatesPerPlayerSecond").getAsInt()).isBetween(100, 500);
        }
        JsonObject atOnce = json.getAsJsonObject("atOnce");
        assertThat(atOnce.get("movesPerPlayer").getAsDouble()).isBetween(0.1, 10.0);
        assertThat(atOnce.getAsJsonObject("referenceAtOnce")
                        .get("updatesPerPlayerSecond")
                        .getAsInt())
                .isPositive();
        // With so few players it does not matter which is cheaper; a window in which one was late gives no ratio.
        JsonObject near = json.getAsJsonObject("near");
        JsonObject nearSeldom = atOnce.getAsJsonObject("near");
        JsonObject reference = atOnce.getAsJsonObject("referenceAtOnce");
        assertRatio(atOnce.get("atOnceToNear"), reference, nearSeldom);
        assertRatio(atOnce.get("everybodyToNear"), atOnce.getAsJsonObject("everybody"), nearSeldom);
        assertRatio(atOnce.get("atOnceToNearAtFullRate"), reference, everybody, near);
        assertRatio(json.get("everybodyToNear"), everybody, near);
        assertThat(section.goals()).hasSize(1);
        assertThat(printed(section))
                .contains("Tavern, who is near", "Tavern, everybody", "reference, everybody", "reference, at once");
    }

    private static void assertRatio(JsonElement ratio, JsonObject... rows) {
        if (Stream.of(rows).anyMatch(row -> row.get("late").getAsBoolean())) {
            assertThat(ratio.isJsonNull()).isTrue();
        } else {
            assertThat(ratio.getAsDouble()).isPositive();
        }
    }

    @Test
    void chat() throws IOException, InterruptedException {
        ChatSection section = new ChatBenchmark()
                .measure(here(), new ChatPace(40, 40, 20, MOMENT, MOMENT, 1, MOMENT.multipliedBy(2)));

        JsonObject json = section.json();
        assertThat(json.get("tavernCpuMicros").getAsDouble()).isPositive();
        assertThat(json.get("referenceP99Ms").getAsDouble()).isPositive();
        JsonObject steady = json.getAsJsonObject("steady");
        assertThat(steady.get("chatsPerPlayer").getAsDouble()).isEqualTo(1);
        assertThat(steady.get("tavernCpuMicros").getAsDouble()).isPositive();
        assertThat(json.getAsJsonObject("ping").get("tavernPerSecond").getAsInt())
                .isGreaterThan(10);
        assertThat(printed(section)).contains("µs/delivery", "a second");
    }

    @Test
    void connections() throws IOException, InterruptedException {
        ConnectionsSection section =
                new ConnectionsBenchmark().measure(here(), new ConnectionsPace(200, 40, MOMENT, 2, MOMENT, MOMENT));

        JsonObject json = section.json();
        assertThat(json.get("count").getAsInt()).isEqualTo(200);
        assertThat(json.get("heapBytesPerConnection").getAsInt()).isBetween(500, 100_000);
        assertThat(json.get("referenceBytesPerConnection").getAsInt()).isBetween(100, 100_000);
        assertThat(printed(section)).contains("KB/player");
    }

    @Test
    void cores() throws IOException, InterruptedException {
        CoresSection section =
                new CoresBenchmark().measure(here(), new CoresPace(MOMENT, 1, List.of(20, 40), MOMENT, MOMENT, 0));

        assertThat(section.json().get("layout").getAsString()).containsPattern("core|two cores");
        if (section.json().has("twoCoresGrowth")) {
            JsonObject growth =
                    section.json().getAsJsonArray("twoCoresGrowth").get(0).getAsJsonObject();
            assertThat(growth.get("players").getAsInt()).isEqualTo(20);
            assertThat(growth.get("cpuMicros").getAsDouble()).isPositive();
        }
        assertThat(printed(section)).contains("cores");
    }

    @Test
    void choices() throws IOException, InterruptedException {
        List<Choice> all = List.of(
                Choice.all().get(2),
                new Choice("never", "what nobody has", Map.of(), List.of("-XX:+NoSuchOption"), false));
        ChoicesSection section = new ChoicesBenchmark().measure(here(), new ChoicesPace(40, MOMENT, 1, MOMENT), all);

        JsonObject g1 = section.json().getAsJsonObject("g1");
        assertThat(g1.get("cpuMicros").getAsDouble()).isPositive();
        assertThat(g1.get("ratio").getAsDouble()).isPositive();
        assertThat(g1.get("residentBytes").getAsLong()).isGreaterThan(20_000_000);
        assertThat(g1.getAsJsonObject("asItIs").get("p99Ms").getAsDouble()).isPositive();
        assertThat(section.json().getAsJsonArray("impossible")).hasSize(1);
        assertThat(printed(section)).contains("as it is", "collector: G1", "what nobody has");
    }

    private Bench here() {
        return new Bench(
                folder,
                folder,
                true,
                0,
                0,
                Set.of(),
                Flames.none(),
                null,
                false,
                false,
                Progress.none(),
                new Stop(),
                kept);
    }

    private static String printed(Section section) {
        StringWriter out = new StringWriter();
        section.print(new PrintWriter(out, true));
        return out.toString();
    }
}
