package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine whose folder for temporary files cannot hold programs. */
class NativeFolderIT {
    private static final List<String> OWN_MOUNTS = List.of("unshare", "-Urm", "bash", "-c");

    @TempDir
    private Path folder;

    /** Nobody can write to /proc. */
    @Test
    void nativeLibrariesAreLoadedFromTheServersOwnFolder() throws Exception {
        try (ServerProcess server =
                ServerProcess.start(folder.resolve("data"), "java.io.tmpdir=/proc", "net.transport=epoll")) {
            assertServes(server);
        }
    }

    /** A folder that can be written to, and from which nothing can be executed: {@code mount -o noexec}. */
    @Test
    void nativeLibrariesThatMayNotBeExecutedAreLoadedFromTheServersOwnFolder() throws Exception {
        Path noexec = Files.createDirectories(folder.resolve("noexec"));
        String mount = "mount -t tmpfs -o noexec tmpfs " + noexec;
        assumeTrue(succeeds(mount), "needs the right to mount (unshare -Urm)");
        List<String> launcher = new ArrayList<>(OWN_MOUNTS);
        launcher.addAll(List.of(mount + " && exec \"$@\"", "bash"));
        try (ServerProcess server = ServerProcess.startBy(
                launcher, folder.resolve("data"), "java.io.tmpdir=" + noexec, "net.transport=epoll")) {
            assertServes(server);
        }
    }

    private static boolean succeeds(String command) throws InterruptedException {
        List<String> all = new ArrayList<>(OWN_MOUNTS);
        all.add(command);
        try {
            return new ProcessBuilder(all).start().waitFor() == 0;
        } catch (IOException e) {
            return false; // there is no such program
        }
    }

    private void assertServes(ServerProcess server) throws Exception {
        try (RawClient ann = new RawClient(server.address())) {
            assertThat(ann.login("ann").getPlayer()).isEqualTo("ann");
            assertThat(folder.resolve("data").resolve("native")).isDirectoryContaining("glob:**libsqlitejdbc.so");
            // A room may say that the machine was slow.
            assertThat(server.complaints().lines()).allMatch(line -> line.contains(" at one go "));
        }
    }
}
