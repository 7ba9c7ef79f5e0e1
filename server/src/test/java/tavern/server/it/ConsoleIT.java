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

/** The operators' page in a real browser, on a real server with real players: what all of its views have in common, except how they read. */
class ConsoleIT {
    /** Would open a dialog, or make an element with this id, wherever it were read as HTML. */
    private static final String EVIL = "<img id=evil src=x onerror=alert(1)>";

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
    void whatIsDegradedStandsOnTopInWordsWithTheCure() throws Exception {
        page.view("#/freezes");
        page.click("main .buttons button");
        page.confirm("frozen");
        page.view("#/overview");
        page.untilSays(".alarm", "trades are stopped everywhere: a test");
        page.untilSays(".alarm", "lift the freeze");
        page.untilSays("#state", " degraded");
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
        OpsClient admin = OpsClient.of(tavern.server().opsAddress(), tavern.folder(), "admin");
        admin.post("/api/v1/announce", "{\"reason\": \"" + EVIL + "\", \"text\": \"" + EVIL + "\"}");
        admin.awaitAudited(2);
        page.view("#/audit");
        page.untilSays("main table", EVIL);
        assertThat(page.see("document.getElementById('evil')")).isEqualTo("null");
    }

    private String encoded(String text) {
        return page.see("encodeURIComponent(" + JsonParser.parseString("\"" + text + "\"") + ")");
    }
}
