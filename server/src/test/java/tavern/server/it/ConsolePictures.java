package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's pictures of a console that somebody else has filled with players; started by {@code bin/screenshots}. */
class ConsolePictures {
    private static final int BYTES_MAX = 300_000;
    /** So that the charts have something to show. */
    private static final int TRADES_MIN = 1_000;

    @TempDir
    Path profile;

    @Test
    void areTaken() throws Exception {
        Path folder = Path.of(given("console.pictures"));
        try (ConsolePage page = ConsolePage.open(given("console.address"), profile)) {
            page.browser().hideScrollbars();
            page.logIn(OpsClient.token(Path.of(given("console.tokens")), "admin"));
            page.browser().until(trades() + " >= " + TRADES_MIN, Duration.ofMinutes(3));
            take(page, folder.resolve("console-overview.png"));
            page.view("#/rooms/room-0");
            page.untilShown("[aria-label='Players in the room'] tbody tr");
            page.browser().scheme("dark");
            page.untilSays(".chat", ":");
            take(page, folder.resolve("console-room.png"));
        }
    }

    private static String trades() {
        return "Number([...document.querySelectorAll('main tbody tr')]"
                + ".find((row) => row.cells[0].textContent === 'Trades')?.cells[2].textContent.replaceAll(',', '') ?? 0)";
    }

    private static void take(ConsolePage page, Path file) throws Exception {
        page.browser().screenshot(file);
        assertThat(Files.size(file)).as("size of %s", file).isLessThan(BYTES_MAX);
    }

    private static String given(String property) {
        return Objects.requireNonNull(System.getProperty(property), "bin/screenshots sets " + property);
    }
}
