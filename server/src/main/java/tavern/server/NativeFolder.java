package tavern.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder to which the native libraries of SQLite and Netty are unpacked and from which they are loaded. By default
 * that is the folder for temporary files, which hardened machines mount noexec or read-only.
 */
final class NativeFolder {
    private static final Logger log = LoggerFactory.getLogger(NativeFolder.class);
    private static final String OF_SQLITE = "org.sqlite.tmpdir";
    private static final String OF_NETTY = "io.netty.native.workdir";

    private NativeFolder() {}

    /** Must be called before either library is used. Settings made by the operator are kept. */
    static void choose(Path storePath) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
        String refusal = refusal(temporary);
        if (refusal == null) {
            return;
        }
        Path own = storePath.resolve("native").toAbsolutePath();
        String ownRefusal = refusalOf(own);
        if (ownRefusal != null) {
            log.warn(
                    "native libraries can be loaded neither from {} ({}) nor from {} ({}); set -D{} and -D{} to a folder"
                            + " that this user may write to and run programs from",
                    temporary,
                    refusal,
                    own,
                    ownRefusal,
                    OF_SQLITE,
                    OF_NETTY);
            return;
        }
        log.info("native libraries are loaded from {}, because they cannot be from {} ({})", own, temporary, refusal);
        for (String property : new String[] {OF_SQLITE, OF_NETTY}) {
            if (System.getProperty(property) == null) {
                System.setProperty(property, own.toString());
            }
        }
    }

    private static @Nullable String refusalOf(Path own) {
        try {
            Files.createDirectories(own);
        } catch (IOException e) {
            return "it cannot be created: " + e;
        }
        return refusal(own);
    }

    /** The reason why no library can be loaded from the folder, or null when one can. */
    private static @Nullable String refusal(Path folder) {
        try {
            Path probe = Files.createTempFile(
                    folder,
                    "tavern-",
                    ".so",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try {
                // On a file system mounted with noexec the kernel reports every file as not executable, even to root.
                return Files.isExecutable(probe) ? null : "programs may not be run from it, it is mounted with noexec";
            } finally {
                Files.delete(probe);
            }
        } catch (IOException e) {
            return "it cannot be written to: " + e;
        } catch (UnsupportedOperationException e) {
            return null; // no POSIX permissions here, so nothing is known
        }
    }
}
