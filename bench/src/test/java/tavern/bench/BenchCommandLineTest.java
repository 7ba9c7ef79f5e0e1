package tavern.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class BenchCommandLineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void theHelpNamesEveryKind() {
        assertThat(run(BenchMain.commandLine(), "--help")).isZero();
        assertThat(out.toString())
                .contains(
                        "moves",
                        "crowd",
                        "chat",
                        "connections",
                        "cores",
                        "choices",
                        "trades",
                        "growth",
                        "backup",
                        "lists",
                        "directory",
                        "scenes",
                        "all",
                        "jmh")
                .contains("--svg", "--flames", "--transactions");
    }

    @Test
    void aKindThatDoesNotExistIsRefusedWithThoseThatDo() {
        assertThat(run(counting(), "moves")).isEqualTo(2);
        assertThat(err.toString()).contains("no benchmark is called 'moves'; there are: counting, all");
    }

    @Test
    void whatTakesLongIsLeftOutOfAQuickLookAtAllUnlessItIsNamed() {
        Benchmark quick = benchmark("quick", true, (bench, section) -> {});
        Benchmark slow = benchmark("slow", false, (bench, section) -> {});

        assertThat(run(BenchMain.commandLine(folder, List.of(quick, slow)), "--quick"))
                .isZero();
        assertThat(out.toString().lines().filter("counted"::equals)).hasSize(1);
        assertThat(run(BenchMain.commandLine(folder, List.of(quick, slow)), "slow", "--quick"))
                .isZero();
        assertThat(run(BenchMain.commandLine(folder, List.of(quick, slow)))).isZero();
        assertThat(out.toString().lines().filter("counted"::equals)).hasSize(4);
    }

    @Test
    void theReportHoldsTheConditionsAndEachSection() throws IOException {
        Path report = folder.resolve("b.json");

        assertThat(run(counting(), "--quick", "--report", report.toString())).isZero();

        JsonObject json = JsonParser.parseString(Files.readString(report)).getAsJsonObject();
        assertThat(json.getAsJsonObject("conditions").get("cores").getAsInt()).isPositive();
        assertThat(json.getAsJsonObject("counting").get("quick").getAsBoolean()).isTrue();
        assertThat(json.getAsJsonObject("seconds").get("counting").getAsLong()).isBetween(0L, 10L);
        assertThat(out.toString())
                .contains("load average before")
                .contains("counted")
                .containsPattern("took \\d+ s: start \\d+, counting \\d+");
    }

    @Test
    void aReportThatCannotBeWrittenIsRefusedBeforeAnythingIsMeasured() {
        String nowhere = folder.resolve("no/such/b.json").toString();

        assertThat(run(counting(), "--report", nowhere)).isEqualTo(2);
        assertThat(err.toString()).contains("--report: no folder for " + nowhere);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aFolderWithoutABuiltServerIsRefusedBeforeAnythingIsMeasured() {
        assertThat(run(counting(), "--against", folder.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("--against: no built server in " + folder);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void webSocketsAreMeasuredForMovesAlone() {
        assertThat(run(counting(), "--websocket")).isEqualTo(2);
        assertThat(err.toString()).contains("--websocket: for moves alone, and without --against");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aFolderForFlameGraphsThatIsNotThereIsRefusedBeforeAnythingIsMeasured() {
        String nowhere = folder.resolve("no/such").toString();

        assertThat(run(counting(), "--flames", nowhere)).isEqualTo(2);
        assertThat(err.toString()).contains("--flames: no folder " + nowhere);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void thePictureHoldsTheCurvesOfAllSections() throws IOException {
        Path picture = folder.resolve("b.svg");

        assertThat(run(counting(), "--svg", picture.toString())).isZero();

        assertThat(picture)
                .content()
                .startsWith("<svg")
                .contains("one &lt; two")
                .endsWith("</svg>\n");
    }

    @Test
    void whatGoesWrongIsOneLine() {
        Benchmark failing = benchmark((bench, section) -> {
            throw new IOException("Redis is\n  not there");
        });

        assertThat(run(BenchMain.commandLine(folder, List.of(failing)), "counting"))
                .isEqualTo(1);
        assertThat(err.toString()).isEqualTo("bench: Redis is; not there" + System.lineSeparator());
    }

    @Test
    void theFolderOfARunIsRemoved() {
        Path[] used = new Path[1];
        Benchmark writing = benchmark((bench, section) -> {
            used[0] = bench.folder();
            Files.writeString(bench.folder().resolve("something"), "left behind");
        });

        assertThat(run(BenchMain.commandLine(folder, List.of(writing)))).isZero();
        assertThat(used[0]).isNotNull().doesNotExist();
    }

    private CommandLine counting() {
        return BenchMain.commandLine(
                folder, List.of(benchmark((bench, section) -> section.addProperty("quick", bench.quick()))));
    }

    private interface Measuring {
        void run(Bench bench, JsonObject section) throws IOException;
    }

    private static Benchmark benchmark(Measuring measuring) {
        return benchmark("counting", true, measuring);
    }

    private static Benchmark benchmark(String kind, boolean isInQuickLook, Measuring measuring) {
        return new Benchmark() {
            @Override
            public String kind() {
                return kind;
            }

            @Override
            public boolean isInQuickLook() {
                return isInQuickLook;
            }

            @Override
            public String description() {
                return "counts";
            }

            @Override
            public Section run(Bench bench) throws IOException {
                JsonObject json = new JsonObject();
                measuring.run(bench, json);
                return new Counted(json);
            }
        };
    }

    private record Counted(JsonObject json) implements Section {
        @Override
        public String key() {
            return "counting";
        }

        @Override
        public void print(PrintWriter out) {
            out.println("counted");
        }

        @Override
        public List<Chart> charts() {
            Chart.Curve curve = new Chart.Curve("c", List.of(new Chart.Point(1, 2), new Chart.Point(10, Double.NaN)));
            return List.of(new Chart("one < two", "x", List.of(curve)));
        }
    }

    private int run(CommandLine line, String... arguments) {
        return line.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
