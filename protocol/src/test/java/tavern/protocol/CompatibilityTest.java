package tavern.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Released clients must go on working. After a release that adds to the schema, renew the list with {@code mvn -pl
 * protocol test -Dtest=CompatibilityTest -Dprotocol.released.renew=true}; lines may then come, but never go.
 */
final class CompatibilityTest {
    private static final Path RELEASED = Path.of("src/test/resources/released/v1.desc.txt");

    @Test
    void nothingThatWasReleasedIsRemovedRenumberedOrRetyped() throws IOException {
        if (Boolean.getBoolean("protocol.released.renew")) {
            Files.write(RELEASED, Schema.today());
        }
        assertThat(Files.readAllLines(RELEASED)).hasSizeGreaterThan(200);
        assertThat(broken(Files.readAllLines(RELEASED), Schema.today())).isEmpty();
    }

    @Test
    void eachKindOfBreakIsFound() throws IOException {
        List<String> released = Files.readAllLines(RELEASED);
        for (String promise : List.of(
                "field tavern.v1.Hello.token = 2: string",
                "field tavern.v1.Snapshot.xs = 3: repeated packed sint32",
                "field tavern.v1.ClientMessage.move = 3: tavern.v1.Move in body",
                "message tavern.v1.Bye",
                "value tavern.v1.ErrorCode.BANNED = 202")) {
            TreeSet<String> changed = new TreeSet<>(Schema.today());
            assertThat(changed.remove(promise)).as(promise).isTrue();
            changed.add(promise + "0");

            assertThat(broken(released, changed)).containsExactly(promise);
        }
    }

    @Test
    void newFieldsBreakNothing() throws IOException {
        TreeSet<String> grown = new TreeSet<>(Schema.today());
        grown.add("field tavern.v1.Hello.locale = 7: string");

        assertThat(broken(Files.readAllLines(RELEASED), grown)).isEmpty();
    }

    private static List<String> broken(Collection<String> released, Collection<String> today) {
        return released.stream().filter(line -> !today.contains(line)).toList();
    }
}
