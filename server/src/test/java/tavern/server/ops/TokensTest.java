package tavern.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("tokens"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void aFileThatIsNotThereIsMadeWithATokenForEachRoleAndKeptFromThenOn() throws IOException {
        Path file = folder.resolve("new/tokens");
        Tokens.open(file);
        List<String> lines = Files.readAllLines(file).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
        assertThat(lines).hasSize(3).doesNotHaveDuplicates();
        Tokens again = Tokens.open(file);
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            assertThat(again.find(words[1]))
                    .isEqualTo(new Operator(Role.valueOf(words[0].toUpperCase(Locale.ROOT)), words[2]));
        }
        assertThat(again.find("")).isNull();
        assertThat(again.find("viewer")).isNull();
    }

    @Test
    void operatorsHaveNamesAndCommentsAreForPeople() throws IOException {
        Tokens tokens = Tokens.open(file("# ours\nmoderator " + SECRET + " ann  # on holiday\n\n"));
        assertThat(tokens.find(SECRET)).isEqualTo(new Operator(Role.MODERATOR, "ann"));
        assertThat(tokens.find(SECRET + "0")).isNull();
    }

    @Test
    void aBadLineIsNamedByItsNumberAndNotQuoted() throws IOException {
        for (String line : List.of("king " + SECRET + " ann", "admin " + SECRET, "admin short ann", SECRET)) {
            assertThatThrownBy(() -> Tokens.open(file("# ours\n" + line + "\n")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("line 2")
                    .hasMessageNotContaining(SECRET);
        }
    }

    @Test
    void twoOperatorsCannotHaveOneName() throws IOException {
        Path file = file("admin " + SECRET + " ann\nviewer " + SECRET + "x ann\n");
        assertThatThrownBy(() -> Tokens.open(file)).hasMessageContainingAll("line 2", "used before");
    }

    @Test
    void aFileWithoutTokensLetsNobodyInAndSaysSo() throws IOException {
        Path file = file("# nothing\n");
        assertThatThrownBy(() -> Tokens.open(file)).hasMessageContaining("no token");
    }

    @Test
    void aFileThatOthersCanReadIsRefused() throws IOException {
        Path file = file("admin " + SECRET + " ann\n");
        for (String rights : List.of("rw-r-----", "rw----r--", "rw--w----")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
            assertThatThrownBy(() -> Tokens.open(file))
                    .as(rights)
                    .hasMessageMatching(".*" + Pattern.quote("chmod 600") + ".*");
        }
    }
}
