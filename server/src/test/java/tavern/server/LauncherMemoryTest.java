package tavern.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launchers' way from a control group to the memory of a server, on folders made up for it. */
final class LauncherMemoryTest {
    private static final Path ROOT =
            Path.of(System.getProperty("tavern.root", "..")).toAbsolutePath();
    private static final long MB = 1 << 20;

    @TempDir
    Path folder;

    @BeforeEach
    void aMachineWithEightGigabytes() throws IOException {
        write("proc/meminfo", "MemTotal:        8388608 kB\nMemFree: 1 kB\n");
        write("proc/self/cgroup", "0::/\n");
    }

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private List<String> run(String command) throws IOException, InterruptedException {
        Process bash = new ProcessBuilder("bash", "-c", "root=" + ROOT + "; . $root/bin/lib.sh; " + command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(bash.getInputStream().readAllBytes(), UTF_8);
        assertThat(bash.waitFor()).as(said).isZero();
        return said.lines().toList();
    }

    private List<String> megabytes() throws IOException, InterruptedException {
        return run("memory_megabytes cgroup proc");
    }

    @Test
    void aMachineWithoutLimitsHasItsOwnMemory() throws Exception {
        assertThat(megabytes()).containsExactly("8192");
    }

    @Test
    void theLimitOfAContainerHolds() throws Exception {
        write("cgroup/memory.max", 512 * MB + "\n");
        assertThat(megabytes()).containsExactly("512");
    }

    @Test
    void theLeastOfAGroupAndItsParentsHolds() throws Exception {
        write("proc/self/cgroup", "0::/games/tavern.service\n");
        write("cgroup/games/tavern.service/memory.max", "max\n");
        write("cgroup/games/memory.max", 700 * MB + "\n");
        assertThat(megabytes()).containsExactly("700");
    }

    @Test
    void versionOneIsUnderstoodAndItsNumberForNoLimit() throws Exception {
        write("proc/self/cgroup", "5:cpu,cpuacct:/docker/1\n4:memory:/docker/1\n0::/\n");
        write("cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        assertThat(megabytes()).containsExactly("8192");
        write("cgroup/memory/docker/1/memory.limit_in_bytes", 300 * MB + "\n");
        assertThat(megabytes()).containsExactly("300");
    }

    @Test
    void heapAndDirectMemoryLeaveRoomForTheRest() throws Exception {
        List<String> small = run("memory_flags 512");
        assertThat(small).contains("-Xmx202m", "-XX:MaxDirectMemorySize=101m", "-XX:ReservedCodeCacheSize=64m");
        assertThat(run("memory_flags 24000")).contains("-Xmx1024m", "-XX:MaxDirectMemorySize=512m");
    }

    /** Catches whatever is thrown, as the server's loops do. */
    static final class Glutton {
        private Glutton() {}

        public static void main(String[] arguments) {
            List<byte[]> eaten = new ArrayList<>();
            try {
                while (eaten.size() < 1_000) {
                    eaten.add(new byte[1 << 20]);
                }
            } catch (OutOfMemoryError e) {
                eaten.clear();
            }
        }
    }

    @Test
    void inAContainerOf512MegabytesJavaTakesWhatTheLauncherSaysAndItFits() throws Exception {
        write("cgroup/memory.max", 512 * MB + "\n");
        List<String> flags = run("java_version=17; jvm_flags; memory_flags $(memory_megabytes cgroup proc)");
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(flags);
        command.addAll(List.of("-XX:+PrintFlagsFinal", "-version"));
        List<String> said = run(String.join(" ", command));
        long taken =
                flag(said, "MaxHeapSize") + flag(said, "MaxDirectMemorySize") + flag(said, "ReservedCodeCacheSize");
        // Classes, threads and the store need a hundred megabytes.
        assertThat(taken).isBetween(300 * MB, 412 * MB);
    }

    private static long flag(List<String> said, String name) {
        return said.stream()
                .map(String::strip)
                .filter(line -> line.matches("\\w+ " + name + " .*"))
                .map(line -> line.split("\\s+")[3])
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    /** Whoever supervises the server starts it again, and nothing is lost by it. */
    @Test
    void aServerWithoutHeapEnds() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(run("java_version=" + Runtime.version().feature() + "; jvm_flags"));
        command.addAll(List.of("-Xmx32m", "-cp", classes().toString(), Glutton.class.getName()));
        Process server = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(server.getInputStream().readAllBytes(), UTF_8);
        assertThat(said).contains("OutOfMemoryError");
        assertThat(server.waitFor()).isEqualTo(3);
    }

    private static Path classes() throws URISyntaxException {
        return Path.of(Glutton.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }
}
