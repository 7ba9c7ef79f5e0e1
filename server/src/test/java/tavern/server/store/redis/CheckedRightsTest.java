package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A right that is missing in the middle of a script leaves half of it done, so all are asked for at the start. */
final class CheckedRightsTest {
    private static final Path SCRIPTS = Path.of("src/main/resources/tavern/server/store/redis");
    private static final Path CLASSES = Path.of("src/main/java/tavern/server/store/redis");

    /** Those of a call, and those that begin a command that is put together in a table. */
    private static final Pattern IN_SCRIPTS = Pattern.compile("(?:\\b(?:call|pcall|ask)\\(|\\{)\\s*'([A-Z]+)'");

    private static final Pattern IN_CLASSES = Pattern.compile("CommandType\\.([A-Z]+)");

    /** Run scripts at all, and so cannot be asked for by one. */
    private static final Set<String> TO_RUN_SCRIPTS = Set.of("EVAL", "EVALSHA");

    @Test
    void everyCommandOfTheStoreIsAmongTheRightsThatAreCheckedAtTheStart() throws IOException {
        Set<String> checked = found(SCRIPTS.resolve("rights.lua"), IN_SCRIPTS);
        Set<String> used = new TreeSet<>();
        try (Stream<Path> scripts = Files.list(SCRIPTS);
                Stream<Path> classes = Files.list(CLASSES)) {
            for (Path script : scripts.toList()) {
                if (!script.endsWith("rights.lua")) {
                    used.addAll(found(script, IN_SCRIPTS));
                }
            }
            for (Path source : classes.toList()) {
                used.addAll(found(source, IN_CLASSES));
            }
        }
        used.removeAll(TO_RUN_SCRIPTS);
        assertThat(used).as("the patterns find commands").contains("HGET", "XADD", "HDEL", "LRANGE");
        assertThat(checked).containsAll(used);
        checked.removeAll(used);
        assertThat(checked).as("checked, but used by no script").containsExactly("WAIT");
    }

    private static Set<String> found(Path file, Pattern pattern) throws IOException {
        Set<String> commands = new TreeSet<>();
        Matcher matcher = pattern.matcher(Files.readString(file, UTF_8));
        while (matcher.find()) {
            commands.add(matcher.group(1));
        }
        return commands;
    }
}
