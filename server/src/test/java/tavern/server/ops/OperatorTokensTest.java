package tavern.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.operators.Roles;
import tavern.server.time.MonotonicClock;

class OperatorTokensTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    private static final Roles ROLES = Roles.with(Map.of());

    private final AtomicLong millis = new AtomicLong(1_000_000);
    private final MonotonicClock clock = () -> TimeUnit.MILLISECONDS.toNanos(millis.get());

    private Path file(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("tokens"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void aFileThatIsNotThereIsMadeWithATokenForEachRoleAndKeptFromThenOn() throws IOException {
        Path file = folder.resolve("new/tokens");
        OperatorTokens.open(file, ROLES, clock);
        List<String> lines = Files.readAllLines(file).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
        assertThat(lines).hasSize(3).doesNotHaveDuplicates();
        OperatorTokens again = OperatorTokens.open(file, ROLES, clock);
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            Operator operator = Objects.requireNonNull(again.find(words[1]));
            assertThat(operator.roles()).containsExactly(words[0]);
            assertThat(operator.rights()).isEqualTo(ROLES.rights(List.of(words[0])));
            assertThat(operator.name()).isEqualTo(words[2]);
        }
        assertThat(again.find("")).isNull();
        assertThat(again.find("viewer")).isNull();
    }

    @Test
    void operatorsHaveNamesAndCommentsAreForPeople() throws IOException {
        OperatorTokens tokens =
                OperatorTokens.open(file("# ours\nmoderator " + SECRET + " ann  # on holiday\n\n"), ROLES, clock);
        assertThat(tokens.find(SECRET)).hasToString("ann (moderator)");
        assertThat(tokens.find(SECRET + "0")).isNull();
    }

    @Test
    void aBadLineIsNamedByItsNumberAndNotQuoted() throws IOException {
        for (String line : List.of("king " + SECRET + " ann", "admin " + SECRET, "admin short ann", SECRET)) {
            assertThatThrownBy(() -> OperatorTokens.open(file("# ours\n" + line + "\n"), ROLES, clock))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("line 2")
                    .hasMessageNotContaining(SECRET);
        }
    }

    @Test
    void twoOperatorsCannotHaveOneName() throws IOException {
        Path file = file("admin " + SECRET + " ann\nviewer " + SECRET + "x ann\n");
        assertThatThrownBy(() -> OperatorTokens.open(file, ROLES, clock))
                .hasMessageContainingAll("line 2", "used before");
    }

    @Test
    void aFileWithoutTokensLetsNobodyInAndSaysSo() throws IOException {
        Path file = file("# nothing\n");
        assertThatThrownBy(() -> OperatorTokens.open(file, ROLES, clock)).hasMessageContaining("no token");
    }

    @Test
    void aFileThatOthersCanReadIsRefused() throws IOException {
        Path file = file("admin " + SECRET + " ann\n");
        for (String rights : List.of("rw-r-----", "rw----r--", "rw--w----")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
            assertThatThrownBy(() -> OperatorTokens.open(file, ROLES, clock))
                    .as(rights)
                    .hasMessageMatching(".*" + Pattern.quote("chmod 600") + ".*");
        }
    }

    @Test
    void aTokenThatIsTakenOutIsWorthNothingWithinASecondAndANewOneIsGood() throws IOException {
        Path file = file("admin " + SECRET + " ann\nviewer " + SECRET + "x bob\n");
        OperatorTokens tokens = OperatorTokens.open(file, ROLES, clock);
        Operator ann = Objects.requireNonNull(tokens.find(SECRET));
        Operator bob = Objects.requireNonNull(tokens.find(SECRET + "x"));
        file("viewer " + SECRET + "x bob\nadmin " + SECRET + "y ann\n");
        millis.addAndGet(1_001);
        assertThat(tokens.find(SECRET)).isNull();
        assertThat(tokens.find(SECRET + "y")).hasToString("ann (admin)");
        assertThat(tokens.isValid(bob)).isTrue();
        assertThat(tokens.isValid(ann)).as("another token of the same name").isFalse();
    }

    @Test
    void aFileThatWasReplacedByOneOfTheSameSizeAndTimeIsReadAgain() throws IOException {
        Path file = file("admin " + SECRET + " ann\n");
        OperatorTokens tokens = OperatorTokens.open(file, ROLES, clock);
        var modified = Files.getLastModifiedTime(file);
        Path fresh = Files.writeString(folder.resolve("fresh"), "admin " + SECRET.toUpperCase(Locale.ROOT) + " ann\n");
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
        Files.setLastModifiedTime(fresh, modified);
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
        millis.addAndGet(1_001);
        assertThat(tokens.find(SECRET)).isNull();
        assertThat(tokens.find(SECRET.toUpperCase(Locale.ROOT))).isNotNull();
    }

    @Test
    void aFileThatCannotBeUsedLeavesTheTokensOfBeforeValidAndSaysSo() throws IOException {
        Path file = file("admin " + SECRET + " ann\n");
        OperatorTokens tokens = OperatorTokens.open(file, ROLES, clock);
        for (String broken : List.of("", "admin " + SECRET + "\n", "king " + SECRET + " ann\n")) {
            file(broken);
            millis.addAndGet(1_001);
            assertThat(tokens.find(SECRET)).as(broken).isNotNull();
            assertThat(tokens.problem()).isNotNull().doesNotContain(SECRET);
        }
        Files.delete(file);
        millis.addAndGet(1_001);
        assertThat(tokens.find(SECRET)).isNotNull();
        assertThat(tokens.problem()).contains("cannot be read");
        file("viewer " + SECRET + "x bob\n");
        millis.addAndGet(1_001);
        assertThat(tokens.find(SECRET)).isNull();
        assertThat(tokens.problem()).isNull();
    }
}
