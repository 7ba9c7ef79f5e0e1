package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ServerMessage;

/** The operators' page, read by those who see it well, badly or not at all, and with whatever players write in it. */
class ConsoleReadingIT {
    /** "Peace!" in Hebrew. */
    private static final String HEBREW = "\u05e9\u05dc\u05d5\u05dd!";

    @RegisterExtension
    final Tavern tavern = Tavern.with("ops.enabled=true", "limits.idle-seconds=120");

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

    private void order(String path, String fields) throws IOException {
        OpsClient.Answer answer = OpsClient.of(tavern.server().opsAddress(), tavern.folder(), "admin")
                .post("/api/v1" + path, "{\"reason\": \"a test\"" + fields + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private void view(String view) {
        page.view("#/" + view);
        page.untilShown("main h1");
        page.until("[...document.querySelectorAll('main tbody')].every((body) => body.rows.length > 0)");
    }

    @Test
    void allPagesWithDataInThemFitBothWidthsCanBeUsedWithAKeyboardAndSatisfyAxe() throws Exception {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        RawClient bob = tavern.client("bob", Tavern.HALL);
        ann.chat("a" + "-long".repeat(30));
        ann.chat(HEBREW);
        long item = ann.firstItem();
        UUID id = TestIds.fresh();
        ann.offer(id, "bob", RawClient.item(item), RawClient.gold(30));
        bob.expect(ServerMessage::hasTradeOffered);
        bob.accept(id, "ann");
        ann.tradeResult(id);
        bob.offer(TestIds.fresh(), "ann", RawClient.gold(1), RawClient.gold(2));
        ann.expect(ServerMessage::hasTradeOffered);
        order("/freezes", ", \"what\": \"trades\", \"scope\": \"everywhere\"");
        String trade = ann.welcome().getPlayerId() + "-" + id;
        page.view("#/trades/" + trade);
        page.untilSays("[aria-label=Outcome]", "committed");

        List<String> views = List.of(
                "overview",
                "rooms",
                "rooms/hall",
                "games",
                "players",
                "players/ann",
                "trades",
                "trades/" + trade,
                "items/" + item,
                "economy",
                "feed",
                "nodes",
                "realm-rooms",
                "realm-players",
                "freezes",
                "audit",
                "operators",
                "configuration");
        StringBuilder found = new StringBuilder();
        for (String view : views) {
            view(view);
            canBeUsedWithAKeyboard(view);
            note(found, view);
        }
        view("players/ann");
        page.click("main .title .danger");
        page.untilShown("dialog");
        note(found, "dialog");
        page.see("document.querySelector('dialog').close()");
        page.click("#logout");
        page.logIn("not-a-token");
        page.until("document.getElementById('problem').textContent !== ''");
        note(found, "login");
        assertThat(found.toString()).isEmpty();
    }

    private void canBeUsedWithAKeyboard(String view) {
        assertThat(page.see(
                        "[...document.querySelectorAll('main .problem')].map((place) => place.textContent).join('')"))
                .as(view)
                .isEmpty();
        assertThat(page.see("[...document.querySelectorAll('main table')].filter((table) => "
                        + "!table.caption && !table.closest('.u-legend, .plot')).length"))
                .as("tables without a caption in %s", view)
                .isEqualTo("0");
        assertThat(page.see("document.activeElement.id")).as(view).isEqualTo("main");
        assertThat(page.see("document.querySelectorAll('#nav [aria-current=page]').length"))
                .as(view)
                .isEqualTo("1");
        assertThat(page.see("document.querySelector('body').firstElementChild.id"))
                .isEqualTo("skip");
        assertThat(page.see("document.querySelector('main [aria-live=polite]') !== null"))
                .as("what is degraded is said as it changes")
                .isEqualTo(String.valueOf(view.equals("overview") || view.equals("economy")));
    }

    /** Wide in the light, narrow in the dark. */
    private void note(StringBuilder found, String view) throws IOException {
        for (boolean wide : new boolean[] {true, false}) {
            page.browser().size(wide ? ConsolePage.WIDE : ConsolePage.NARROW, 900);
            page.browser().scheme(wide ? "light" : "dark");
            page.until("document.documentElement.scrollWidth <= " + (wide ? ConsolePage.WIDE : ConsolePage.NARROW));
            page.screenshot((wide ? "wide-" : "narrow-")
                    + view.replaceAll("/[0-9].*", "-one").replace('/', '-'));
            String problems = page.axe();
            if (!problems.isEmpty()) {
                found.append(wide ? "wide " : "narrow ")
                        .append(view)
                        .append(": ")
                        .append(problems);
            }
        }
    }

    @Test
    void theMenuStaysAndTheContentsRingIsDrawnForTheKeyboardOnly() throws Exception {
        page.browser().size(ConsolePage.WIDE, 500);
        click("#nav a[href='#/configuration']");
        page.until("document.querySelectorAll('main tbody tr').length > 20");
        assertThat(page.see("document.activeElement.id")).isEqualTo("main");
        assertThat(page.see("getComputedStyle(document.getElementById('main')).outlineStyle"))
                .isEqualTo("none");
        page.see("window.scrollTo(0, 1000)");
        page.until("window.scrollY > 500");
        assertThat(page.see("document.querySelector('header').getBoundingClientRect().top"))
                .isEqualTo("0");
        click("#nav a[href='#/overview']");
        page.until("document.querySelector('main h1').textContent === 'Overview'");
        assertThat(page.see("window.scrollY")).isEqualTo("0");
        assertThat(page.see("document.activeElement.id")).isEqualTo("main");

        page.see("document.querySelector(\"#nav a[href='#/rooms']\").focus()");
        page.browser().key("Enter", 13);
        page.see("document.querySelector(\"#nav a[href='#/rooms']\").click()");
        page.until("document.querySelector('main h1').textContent === 'Rooms'");
        page.until("getComputedStyle(document.getElementById('main')).outlineStyle === 'solid'");
    }

    private void click(String selector) {
        String middle = page.see("(() => { const at = document.querySelector(\"" + selector
                + "\").getBoundingClientRect(); return `${at.x + at.width / 2} ${at.y + at.height / 2}`; })()");
        String[] xy = middle.split(" ", -1);
        page.browser().mouse(Double.parseDouble(xy[0]), Double.parseDouble(xy[1]));
    }

    @Test
    void inATimelineWordsStayWholeTimesHaveTheirZoneAndHebrewEndsWhereItEnds() throws Exception {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        ann.chat("good evening");
        ann.chat(HEBREW);
        page.view("#/players/ann");
        String rows = "[...document.querySelectorAll(\"[aria-label='Timeline, newest first'] tbody tr\")]";
        page.until(rows + ".some((row) => row.textContent.includes('!'))");
        endsOnTheLeft(rows + ".map((row) => row.cells[3])");
        assertThat(page.see(rows + ".every((row) => / UTC([+\u2212-][0-9:]+)?$/.test(row.cells[0].textContent))"))
                .isEqualTo("true");
        // Not yet stacked, and too narrow for all of it: what does not fit is scrolled to.
        page.browser().size(700, 800);
        page.until(
                rows + ".every((row) => [0, 1, 2, 4].every((i) => { const range = document.createRange();"
                        + " range.selectNodeContents(row.cells[i]);"
                        + " return new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom / 10))).size === 1; }))");

        page.view("#/rooms/hall");
        endsOnTheLeft("[...document.querySelectorAll('.chat li')]");
    }

    /** The mark at the end of a Hebrew sentence stands to the left of it. */
    private void endsOnTheLeft(String places) {
        page.until("((line) => { if (!line) { return false; }"
                + " const all = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);"
                + " let text; while (!(text = all.nextNode()).data.includes('!'));"
                + " const at = (i) => { const range = document.createRange(); range.setStart(text, i);"
                + " range.setEnd(text, i + 1); return range.getBoundingClientRect().x; };"
                + " return at(4) < at(0); })(" + places + ".find((each) => each.textContent.includes('!')))");
    }

    @Test
    void whenNothingIsHeardFiguresAreGreyAndChartsHaveAGap() throws Exception {
        page.until("document.querySelector('.plot').getAttribute('aria-label') !== 'Actions a second'");
        // A connection that is dead, and nobody says so.
        page.see("window.fetched = window.fetch, window.fetch = (where, options) => ("
                + "String(where).includes('/stream') ? new Promise((never, fail) => {"
                + " options.signal.addEventListener('abort', () => fail(options.signal.reason)); })"
                + " : window.fetched(where, options))");
        page.view("#/rooms/hall"); // another stream
        page.until("document.body.classList.contains('stale')");
        page.untilSays("#state", "No connection since ");
        page.view("#/overview");
        page.until("getComputedStyle(document.querySelector('.numbers dd')).opacity < 1");
        // As if it had been for a minute.
        page.browser()
                .run(
                        "import('/live.js').then(({ history }) => {"
                                + " history.forEach((overview) => { overview.atMillis -= 60_000; }); window.fetch = window.fetched; })");
        page.until("!document.body.classList.contains('stale')");
        page.until("getComputedStyle(document.querySelector('.numbers dd')).opacity === '1'");
        page.browser()
                .run("Promise.all([import('/live.js'), import('/charts.js')]).then(([{ history }, { withGaps }]) => {"
                        // A machine that stood still for some seconds has made shorter ones.
                        + " window.gaps = withGaps(history).filter(({ gap, atMillis }, i, all) => "
                        + "gap && all[i + 1].atMillis - atMillis > 59_000).length; })");
        page.until("window.gaps === 1");
        page.screenshot("gap");
    }
}
