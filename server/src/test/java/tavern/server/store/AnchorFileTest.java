package tavern.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnchorFileTest {
    private static final String HASH = "0123456789abcdef".repeat(4);

    @TempDir
    Path folder;

    private AnchorFile anchor(String store) {
        return new AnchorFile(folder.resolve(AnchorFile.NAME), store);
    }

    @Test
    void theNewestHeadIsRememberedForItsOwnerOnly() throws IOException {
        AnchorFile anchor = anchor("redis:main");
        assertThat(anchor.read()).isEmpty();
        anchor.write(new AuditAnchor("", 1, HASH, 1_000));
        anchor.write(new AuditAnchor("", 2, HASH, 2_000));
        Path file = folder.resolve(AnchorFile.NAME);
        assertThat(anchor("redis:main").read()).contains(new AuditAnchor(file.toString(), 2, HASH, 2_000));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void theHeadOfAnotherStoresLogSaysNothing() throws IOException {
        anchor("redis:main").write(new AuditAnchor("", 1, HASH, 1_000));
        assertThat(anchor("redis:other").read()).isEmpty();
        assertThat(anchor("embedded:main").read()).isEmpty();
    }

    @Test
    void aFileThatIsNotAsItWasWrittenIsNotTakenForNone() throws IOException {
        for (String line : new String[] {"", "redis:main 1 short now", "redis:main 1 " + HASH + " now"}) {
            Files.writeString(folder.resolve(AnchorFile.NAME), "# a comment\n" + line + "\n");
            assertThatThrownBy(() -> anchor("redis:main").read())
                    .as(line)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not as it was written");
        }
    }
}
