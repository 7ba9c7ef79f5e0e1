package tavern.server.books;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.SetClocks;

/** What a check leaves behind and says while it runs. */
final class ConservationCheckTest {
    @TempDir
    private Path folder;

    private final SetClocks clocks = new SetClocks();
    private final Set<String> seen = new TreeSet<>();

    @Test
    void aLongCheckTellsHowFarItIsAndHasItsFileInTheFolder() {
        Path scratch = folder.resolve("scratch");
        Logger logger = (Logger) LoggerFactory.getLogger(ConservationCheck.class);
        ListAppender<ILoggingEvent> told = new ListAppender<>();
        told.start();
        logger.addAppender(told);
        try (Store store = EmbeddedStore.open(StoreSettings.embedded(folder.resolve("store"), 100, 100))) {
            new Realm(store).open("ann", "gold", 5);
            Conservation found = ConservationCheck.of(store, scratch, clocks.monotonic(), slow(scratch));
            assertThat(found.holds()).isTrue();
        } finally {
            logger.detachAppender(told);
        }
        assertThat(told.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("1 entries of the ledger are checked, up to 2023-11-14T22:13:20Z");
        assertThat(seen).singleElement().asString().matches("tavern-check-[0-9]+\\.db");
        assertThat(scratch).isEmptyDirectory();
    }

    private ConservationCheck.Wait slow(Path scratch) {
        return new ConservationCheck.Wait() {
            @Override
            public <T> T on(CompletionStage<T> stage) {
                clocks.turn(Duration.ofSeconds(10));
                for (File file : Objects.requireNonNull(scratch.toFile().listFiles())) {
                    seen.add(file.getName());
                }
                return Realm.await(stage);
            }
        };
    }
}
