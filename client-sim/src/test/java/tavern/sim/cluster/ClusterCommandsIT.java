package tavern.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Short runs of {@code bin/cluster} and {@code bin/chaos}, with the jars that {@code mvn verify} has just packed. */
@Timeout(600)
class ClusterCommandsIT {
    private static final Path ROOT =
            Path.of(System.getProperty("tavern.root", "..")).toAbsolutePath();
    private static final int SECONDS_MAX = 500;

    @TempDir
    Path folder;

    @Test
    void botsOnThreeServersFindNothingWrong() throws Exception {
        String output = run("bin/cluster", "--nodes=3", "--bots=30", "--rooms=6", "--duration=5s", "--threads=1");
        assertThat(output).contains("PASSED").contains("0 lost, 0 duplicated");
    }

    /** How long somebody heard nothing is not asked for: other tests run beside this one. */
    @Test
    void nothingIsLostInARollingRestart() throws Exception {
        Ended ended = end(
                "bin/cluster", "--rolling-restart", "--nodes=2", "--pause=1", "--bots=12", "--rooms=3", "--threads=1");
        assertThat(ended.output())
                .contains("node-1: empty after", "node-2: empty after", "rolling restart ")
                .contains("PASSED: nothing lost");
        assertThat(ended.exit())
                .as(ended.output())
                .isEqualTo(ended.output().contains("rolling restart PASSED") ? 0 : 1);
    }

    @Test
    void nothingIsLostUnderTheFaultsOfASeed() throws Exception {
        String seed = System.getProperty("tavern.test.seed", "11");
        String output = run("bin/chaos", "--minutes=0.5", "--seed=" + seed, "--bots=30", "--rooms=10");
        assertThat(output).contains("PASSED: seed " + seed);
    }

    @Test
    void aSeedGivesTheSameScheduleInEveryProcess() throws Exception {
        String schedule = run("bin/chaos", "--dry-run", "--minutes=1", "--seed=5");
        assertThat(schedule).contains("node-").isEqualTo(run("bin/chaos", "--dry-run", "--minutes=1", "--seed=5"));
    }

    /** @return what it printed; fails unless it ends with 0 */
    private String run(String... words) throws IOException, InterruptedException {
        Ended ended = end(words);
        assertThat(ended.exit()).as("%s: %s", List.of(words), ended.output()).isZero();
        return ended.output();
    }

    private record Ended(int exit, String output) {}

    private Ended end(String... words) throws IOException, InterruptedException {
        List<String> command = Stream.concat(
                        Stream.of(ROOT.resolve(words[0]).toString()),
                        Stream.of(words).skip(1))
                .toList();
        Path output = Files.createTempFile(folder, "output", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("TAVERN_BUILD", "never");
        builder.environment().put("TMPDIR", folder.toString());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS))
                    .as("%s has not ended: %s", command, Files.readString(output))
                    .isTrue();
        } finally {
            process.destroy();
        }
        return new Ended(process.exitValue(), Files.readString(output));
    }
}
