package tavern.server.ops;

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
import tavern.server.operators.Right;

final class ConsoleRightsTest {
    private static final Path PAGE = Path.of("src/main/resources/tavern/server/ops/web");
    private static final Pattern NAMED = Pattern.compile("(?:\\bbutton\\(|\\bmay\\(|\\bright: )'([^']*)'");

    /** A misspelt right would hide a button from everybody. */
    @Test
    void everyRightThatThePageNamesExists() throws IOException {
        Set<String> named = new TreeSet<>();
        try (Stream<Path> files = Files.walk(PAGE)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".js")).toList()) {
                Matcher matcher = NAMED.matcher(Files.readString(file));
                while (matcher.find()) {
                    named.add(matcher.group(1));
                }
            }
        }
        assertThat(named)
                .contains("operators", "goods", "see-private")
                .allMatch(name -> Right.of(name).isPresent());
    }
}
