package tavern.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left behind by a run. */
final class FuzzRunTest {
    @TempDir
    private Path root;

    @Test
    void theNewestInputIsNamedAndAllThatWasFoundIsKept() throws Exception {
        try (FuzzTarget target = FuzzTargets.of(FuzzTargets.names().get(0))) {
            Path folder = Files.createDirectories(root.resolve(target.name()));
            FuzzRun run = new FuzzRun(target, root);
            assertThat(run.found()).isNull();

            List<String> names = List.of("timeout-0b", "crash-0a", "oom-0c", "crash-0d");
            for (int i = 0; i < names.size(); i++) {
                Path file = Files.createFile(folder.resolve(names.get(i)));
                Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000L - 1_000L * i));
            }
            Files.createFile(folder.resolve("Crash_0a0d.java"));
            Files.createFile(folder.resolve("log"));
            assertThat(run.found()).isEqualTo(folder.resolve("found").resolve("timeout-0b"));
            assertThat(folder)
                    .isDirectoryNotContaining(
                            file -> file.getFileName().toString().contains("rash"));
            assertThat(folder).isDirectoryContaining("glob:**log");
            assertThat(folder.resolve("found"))
                    .isDirectoryContaining("glob:**Crash_0a0d.java")
                    .isDirectoryContaining("glob:**oom-0c")
                    .isDirectoryContaining("glob:**crash-0a")
                    .isDirectoryContaining("glob:**crash-0d");
            assertThat(run.found()).as("what was found before").isNull();
        }
    }
}
