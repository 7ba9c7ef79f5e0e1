package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ErrorCode;

/** The operators' page in a real browser, on a real server with real players: what all of its views have in common. */
class ConsoleIT {
    private static final List<String> VIEWS = List.of(
            "overview",
            "rooms",
            "rooms/hall",
            "players",
            "players/ann",
            "trades",
            "economy",
            "feed",
            "nodes",
            "freezes",
            "audit",
            "configuration");
    /** Would open a dialog, or make an element with this id, wherever it were read as HTML. */
    private static final String EVIL = "<img id=evil src=x onerror=alert(1)>";

    @RegisterExtension
    final Tavern tavern = Tavern.with("ops.enabled=true");

    @TempDir
    Path profile;

    private ConsolePage page;

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
    void aWrongTokenIsToldSoAndLogsNobodyIn() {
        page.click("#logout");
        page.logIn("not-a-token");
        page.until("document.getElementById('problem').textContent !== ''");
        assertThat(page.see("document.getElementById('main').hidden")).isEqualTo("true");
        assertThat(page.see("document.activeElement.id")).isEqualTo("token");
    }

    @Test
    void theNumbersMoveAsPlayersComeAndGo() throws Exception {
        page.until("document.querySelector('.numbers dd').textContent === '1'");
        RawClient ann = tavern.client("ann", Tavern.HALL);
        page.until("document.querySelector('.numbers dd').textContent === '2'");
        ann.chat("hello");
        page.untilSays("section[aria-label='Messages a second, by kind']", "chat");
        page.screenshot("overview");
        page.browser().scheme("dark");
        page.screenshot("overview-dark");
        ann.send(Say.bye());
        page.until("document.querySelector('.numbers dd').textContent === '1'");
    }

    @Test
    void allViewsFitANarrowWindowWithoutScrollingSideways() throws Exception {
        tavern.client("ann", Tavern.HALL).chat("a" + "-long".repeat(30));
        page.browser().size(ConsolePage.NARROW, 800);
        for (String view : VIEWS) {
            shows(view);
            page.until("document.documentElement.scrollWidth <= " + ConsolePage.NARROW);
            page.screenshot("narrow-" + view.replace('/', '-'));
        }
    }

    @Test
    void allViewsCanBeUsedWithAKeyboardAndRead() throws Exception {
        tavern.client("ann", Tavern.HALL);
        for (String view : VIEWS) {
            shows(view);
            // Everything that is to be filled in has a label, every column a header, every figure a name.
            assertThat(page.see("[...document.querySelectorAll('input, select, textarea')]"
                            + ".filter((field) => field.labels.length === 0).length"))
                    .as(view)
                    .isEqualTo("0");
            assertThat(page.see("[...document.querySelectorAll('main table')].filter((table) => "
                            + "!table.caption && !table.closest('.u-legend, .plot')).length"))
                    .as(view)
                    .isEqualTo("0");
            assertThat(page.see(
                            "document.querySelectorAll('main button:not([aria-label]):empty, main a:empty').length"))
                    .as(view)
                    .isEqualTo("0");
            assertThat(page.see("document.activeElement.id")).as(view).isEqualTo("main");
            assertThat(page.see("document.querySelectorAll('#nav [aria-current=page]').length"))
                    .as(view)
                    .isEqualTo("1");
        }
        assertThat(page.see("document.querySelector('body').firstElementChild.id"))
                .isEqualTo("skip");
        page.view("#/overview");
        page.untilShown("main [aria-live=polite]");
    }

    @Test
    void whatIsDegradedStandsOnTopInWordsWithTheCure() throws Exception {
        page.view("#/freezes");
        page.click("main .buttons button");
        page.confirm("frozen");
        page.view("#/overview");
        page.untilSays(".alarm", "trades are stopped everywhere: a test");
        page.untilSays(".alarm", "lift the freeze");
        page.untilSays("#state", "1 degraded");
        page.screenshot("degraded");
    }

    @Test
    void whatPlayersWriteIsTextAndNothingElse() throws Exception {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        page.view("#/rooms/hall");
        page.untilShown(".chat");
        ann.chat(EVIL);
        page.untilSays(".chat", EVIL);
        assertThat(page.see("document.getElementById('evil')")).isEqualTo("null");
    }

    @Test
    void namesThatAreHtmlAreTextAndNothingElse() throws Exception {
        RawClient mallory = tavern.stranger();
        mallory.send(Say.hello(EVIL));
        assertThat(mallory.closedWith()).isEqualTo(ErrorCode.AUTH_FAILED);
        for (String view : List.of("rooms", "players", "trades", "items")) {
            page.view("#/" + view + "/" + encoded(EVIL));
            page.until("document.querySelector('main .problem').textContent !== ''");
            page.until("document.querySelector('main').textContent.includes('<img id=evil')");
            assertThat(page.see("document.getElementById('evil')")).as(view).isEqualTo("null");
        }
        OpsClient.of(tavern.server().opsAddress(), tavern.folder(), "admin")
                .post("/api/v1/announce", "{\"reason\": \"" + EVIL + "\", \"text\": \"" + EVIL + "\"}");
        page.view("#/audit");
        page.untilSays("main table", EVIL);
        assertThat(page.see("document.getElementById('evil')")).isEqualTo("null");
    }

    /** Until it is there with its data. */
    private void shows(String view) {
        page.view("#/" + view);
        page.untilShown("main h1");
        page.until("[...document.querySelectorAll('main tbody')].every((body) => body.rows.length > 0)");
        assertThat(page.see(
                        "[...document.querySelectorAll('main .problem')].map((place) => place.textContent).join('')"))
                .as(view)
                .isEmpty();
    }

    private String encoded(String text) {
        return page.see("encodeURIComponent(" + JsonParser.parseString("\"" + text + "\"") + ")");
    }
}
