package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.games.TestJar;
import tavern.server.games.sample.HerdGame;
import tavern.server.games.sample.HerdModule;

/** Games, and rooms with games, in the console. */
class ConsoleGamesIT {
    @TempDir
    static Path games;

    @RegisterExtension
    final Tavern tavern = Tavern.with("ops.enabled=true", "limits.idle-seconds=120")
            .settings(() -> new String[] {
                "games.path=" + games,
                "games.types.cards.game=table",
                "games.types.cards.record=true",
                "games.types.herd.capacity=4"
            });

    @TempDir
    Path profile;

    private ConsolePage page;

    @BeforeAll
    static void packTheGame() throws IOException {
        GameRoomIT.packTheGame(games);
        TestJar.of(HerdModule.class, HerdGame.class).write(games.resolve("herd.jar"));
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

    @Test
    void theNpcsOfARoomAreSeenPageByPage() throws Exception {
        tavern.logs().expect("a tick of the game in room ");
        RawClient ann = tavern.client("ann");
        assertThat(ann.answerTo(ann.send(GameRoomIT.joining("meadow", "herd", "")))
                        .hasJoined())
                .isTrue();
        for (int i = 0; i < 60; i++) {
            say(ann, "spawn 3 1600 800");
        }
        say(ann, "set 3 2 -77");
        say(ann, "set 3 3 9007199254740993");

        page.view("#/rooms/meadow");
        page.untilSays("[aria-label=Scene]", "61 NPCs of at most 256");
        page.untilSays("[aria-label='NPCs and players']", "2: -77, 3: 9007199254740993");
        page.untilSays("[aria-label='NPCs and players']", "ann");
        page.until("document.querySelectorAll('[aria-label=\"NPCs and players\"] tbody tr').length === 50");
        fits("room-scene");
        page.see("[...document.querySelectorAll('[aria-label=Scene] button')].at(-1).click()");
        page.until("document.querySelectorAll('[aria-label=\"NPCs and players\"] tbody tr').length === 12");
    }

    /** Again, if it was too much at once. */
    private static void say(RawClient client, String command) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> !client.answerTo(client.send(GameRoomIT.saying(0, command)))
                        .hasError());
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
