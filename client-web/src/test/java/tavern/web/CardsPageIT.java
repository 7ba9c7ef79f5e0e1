package tavern.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.gson.JsonPrimitive;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.examples.cards.CardsModule;
import tavern.server.it.Browser;
import tavern.server.it.TestServer;

/** Two people play a match of the example on its page. */
@Timeout(120)
class CardsPageIT {
    @TempDir
    Path folder;

    @Test
    void twoPeoplePlayAMatchAndTheWinnerGetsThePot() throws Exception {
        assumeThat(Browser.CHROMIUM).as("apt-get install chromium").isExecutable();
        Path jar = Path.of(CardsModule.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        assertThat(jar).as("the jar of the game, which mvn verify packs").isRegularFile();
        Files.createDirectories(folder.resolve("games"));
        Files.copy(jar, folder.resolve("games/cards.jar"));
        try (TestServer server = TestServer.start(
                        folder.resolve("data"),
                        "games.path=" + folder.resolve("games"),
                        "games.types.cards.game=cards");
                PlayServer page = PlayServer.start(
                        server.address().getPort(), "--page=../examples/cards/target/page", "--type=cards");
                Browser ann = sitDown(page, "ann");
                Browser ben = sitDown(page, "ben")) {
            untilReads(ann, "log", "ben comes to the table.");
            ann.see("document.getElementById('deal').click()");
            untilReads(ben, "pot", "20 gold for the winner");
            assertThat(ann.axe()).as("accessibility").isEmpty();
            ben.size(400, 800);
            ben.until("document.documentElement.scrollWidth <= 400");
            ben.screenshot(Path.of("target", "play-pictures", "cards.png"));

            Awaitility.await("the match").until(() -> {
                playIfItIsMyTurn(ann);
                playIfItIsMyTurn(ben);
                return reads(ann, "log").contains("wins the match, and 20 gold.")
                        && reads(ben, "log").contains("wins the match, and 20 gold.");
            });

            String winner = reads(ann, "log").contains("ann wins the match") ? "ann" : "ben";
            untilReads(ann, "gold", "You have " + (winner.equals("ann") ? 1010 : 990) + " gold.");
            untilReads(ben, "gold", "You have " + (winner.equals("ben") ? 1010 : 990) + " gold.");
            assertThat(ann.problems()).isEmpty();
            assertThat(ben.problems()).isEmpty();
        }
    }

    private Browser sitDown(PlayServer page, String player) throws Exception {
        Browser browser = Browser.open(folder.resolve(player));
        browser.size(1280, 800);
        browser.go(page.address());
        browser.until("document.getElementById('table')?.value === 'table-1'");
        browser.see("document.getElementById('name').value = '" + player + "'");
        browser.see("document.getElementById('door').requestSubmit()");
        browser.until("!document.getElementById('game').hidden");
        return browser;
    }

    private static void playIfItIsMyTurn(Browser player) {
        player.see("document.querySelector('#hand button:enabled')?.click()");
    }

    private static String reads(Browser browser, String id) {
        return browser.see("document.getElementById('" + id + "').textContent");
    }

    private static void untilReads(Browser browser, String id, String text) {
        browser.until("document.getElementById('" + id + "').textContent.includes(" + new JsonPrimitive(text) + ")");
    }
}
