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
 * Released clients must keep working. There is a list of the schema for each {@code protocol_version} (P-70). After a
 * release that adds to the schema, update the newest with {@code mvn -pl protocol test -Dtest=CompatibilityTest
 * -Dprotocol.released.renew=true}, and {@code v2.binpb}, with which buf compares in {@code client-web}, with {@code npm run
 * released} there; that may add lines, but must never remove any.
 */
final class CompatibilityTest {
    private static final Path RELEASED = Path.of("src/test/resources/released/v2.desc.txt");
    private static final Path VERSION_BEFORE = Path.of("src/test/resources/released/v1.desc.txt");

    @Test
    void nothingThatWasReleasedIsRemovedRenumberedOrRetyped() throws IOException {
        if (Boolean.getBoolean("protocol.released.renew")) {
            Files.write(RELEASED, ProtocolSchema.today());
        }
        assertThat(Files.readAllLines(RELEASED)).hasSizeGreaterThan(200);
        assertThat(broken(Files.readAllLines(RELEASED), ProtocolSchema.today())).isEmpty();
    }

    /** P-71: what an earlier version had and this one has not is a field, whose number and name nothing else may have. */
    @Test
    void aNewVersionReservesTheFieldsThatItHasNotGot() throws IOException {
        assertThat(broken(Files.readAllLines(VERSION_BEFORE), ProtocolSchema.today()))
                .containsExactlyInAnyOrder(
                        "field tavern.v1.Welcome.inventory = 10: tavern.v1.Inventory",
                        "field tavern.v1.TradeResult.inventory = 6: tavern.v1.Inventory",
                        "field tavern.v1.InventoryChanged.inventory = 1: tavern.v1.Inventory")
                .allSatisfy(gone -> assertThat(ProtocolSchema.reserved()).contains(gone.replaceAll(":.*", "")));
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
            TreeSet<String> changed = new TreeSet<>(ProtocolSchema.today());
            assertThat(changed.remove(promise)).as(promise).isTrue();
            changed.add(promise + "0");

            assertThat(broken(released, changed)).containsExactly(promise);
        }
    }

    @Test
    void newFieldsBreakNothing() throws IOException {
        TreeSet<String> grown = new TreeSet<>(ProtocolSchema.today());
        grown.add("field tavern.v1.Hello.locale = 7: string");

        assertThat(broken(Files.readAllLines(RELEASED), grown)).isEmpty();
    }

    private static List<String> broken(Collection<String> released, Collection<String> today) {
        return released.stream().filter(line -> !today.contains(line)).toList();
    }
}
