package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Games, and rooms with games, in the console. */
class ConsoleGamesIT {
    @TempDir
    static Path games;

    @RegisterExtension
    final Tavern tavern = Tavern.with("ops.enabled=true", "limits.idle-seconds=120")
            .settings(() ->
                    new String[] {"games.path=" + games, "games.types.cards.game=table", "games.types.cards.record=true"
                    });

    @TempDir
    Path profile;

    private ConsolePage page;

    @BeforeAll
    static void packTheGame() throws IOException {
        GameRoomIT.packTheGame(games);
    }

    @BeforeEach
    void logIn() throws Exception {
        page = ConsolePage.loggedIn(tavern, profile);
    }

    @AfterEach
    void close() {
        if (page != null) {
            page.close();
        }
    }

    @Test
    void theStateOfARoomIsSeenAndItsRecordingIsHandedOut() throws Exception {
        RawClient ann = tavern.client("ann");
        GameRoomIT.join(ann, "table");
        for (String word : List.of("say <b>hello", "alarm tea 3600000", "earn 7")) {
            ann.answerTo(ann.send(GameRoomIT.saying(0, word)));
        }

        page.view("#/rooms/table");
        page.untilSays(".state-text", "<b>hello");
        page.untilSays("[aria-label=Game]", "tea: ");
        fits("room-game");
        page.click("[aria-label='Download the recording']");
        page.confirm("saved as table.recording");

        page.view("#/games");
        page.untilSays("[aria-label='Turns by type of rooms']", "cards");
        page.untilSays("[aria-label='Loaded games']", "table.jar");
        fits("games");

        page.view("#/rooms/hall");
        page.untilSays("[aria-label=Now]", "built-in rules");
        assertThat(page.see("document.querySelector('[aria-label=Game]') === null"))
                .isEqualTo("true");
    }

    private void fits(String name) throws IOException {
        for (int width : new int[] {ConsolePage.WIDE, ConsolePage.NARROW}) {
            page.browser().size(width, 900);
            page.browser().scheme(width == ConsolePage.WIDE ? "light" : "dark");
            page.see("document.querySelector('[aria-label=Game]')?.scrollIntoView()");
            page.until("document.documentElement.scrollWidth <= " + width);
            page.screenshot((width == ConsolePage.WIDE ? "wide-" : "narrow-") + name);
            assertThat(page.axe()).as("%s at %d", name, width).isEmpty();
        }
        page.browser().size(ConsolePage.WIDE, 900);
        page.browser().scheme("light");
    }
}
