package tavern.examples.cards;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The guide shows code that is built and tested: each of its blocks is a part of an example, or of what bin/new-game makes. */
final class GuideTest {
    private static final Path ROOT = Path.of("../..");
    private static final Pattern BLOCK =
            Pattern.compile("^```(?:java|proto)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    @Test
    void eachBlockOfCodeIsBuilt() throws IOException {
        List<String> sources = Stream.concat(
                        sources("examples"), sources("bin/game-template").map(GuideTest::filledIn))
                .toList();
        List<String> blocks = BLOCK.matcher(Files.readString(ROOT.resolve("docs/GAMES.md")))
                .results()
                .map(block -> block.group(1))
                .toList();

        assertThat(blocks)
                .hasSizeGreaterThan(15)
                .allSatisfy(block -> assertThat(sources)
                        .as("the sources with these lines:\n%s", block)
                        .anyMatch(source -> contains(source, block)));
    }

    @Test
    void linesThatAreIndentedOtherwiseAreNotThere() {
        String source = "class A {\n    int one() {\n        return 1;\n    }\n}\n";
        assertThat(contains(source, "int one() {\n    return 1;\n}\n")).isTrue();
        assertThat(contains(source, "int one() {\nreturn 1;\n}\n")).isFalse();
        assertThat(contains(source, "int one() {\n    return 2;\n}\n")).isFalse();
        assertThat(contains(source, "one() {\n    return 1;\n}\n")).isFalse();
    }

    /** Whether these are whole lines of the source, all of them indented by as much. */
    private static boolean contains(String source, String block) {
        return Stream.iterate("", indent -> indent.length() <= 16, indent -> indent + "  ")
                .map(indent -> block.replaceAll("(?m)^(?=.)", Matcher.quoteReplacement(indent)))
                .anyMatch(lines -> ("\n" + source).contains("\n" + lines));
    }

    private static Stream<String> sources(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
            return files
                    .filter(file -> file.toString().matches(".*/src/.*\\.(java|proto)"))
                    .map(GuideTest::read)
                    .toList()
                    .stream();
        }
    }

    /** As bin/new-game does it for the guide's game. */
    private static String filledIn(String template) {
        return template.replace("@name@", "cards").replace("@Class@", "Cards").replace("@package@", "cardsgame");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
