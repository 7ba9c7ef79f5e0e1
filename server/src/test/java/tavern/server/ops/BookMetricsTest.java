package tavern.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.books.Books;
import tavern.server.books.ScriptedHoldings;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.Clocks;

final class BookMetricsTest {
    @TempDir
    Path folder;

    @Test
    void beforeTheFirstCheckGoodsNeitherAddUpNorFailTo() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Store real = EmbeddedStore.open(StoreSettings.embedded(folder.resolve("store"), 1_000, 1_000))) {
            new Realm(real).open("ann", "gold", 100);
            ScriptedHoldings scripted = new ScriptedHoldings(real);
            scripted.keep();
            try (Books books = Books.open(folder.resolve("books.db"), scripted.store(), real, real, Clocks.system())) {
                BookMetrics.register(books, registry);
                assertThat(holds(registry)).isNaN();
                scripted.answer();
                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(holds(registry)).isEqualTo(1));
            }
        }
    }

    private static double holds(SimpleMeterRegistry registry) {
        return registry.get("tavern.economy.holds").gauge().value();
    }
}
