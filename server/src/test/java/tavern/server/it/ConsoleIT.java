package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ErrorCode;

/** The operators' page in a real browser, on a real server with real players. Screenshots are in target/console. */
class ConsoleIT {
    private static final Path SCREENSHOTS = Path.of("target", "console");
    private static final int WIDE = 1280;
    private static final int NARROW = 400;

    @RegisterExtension
    final Tavern tavern = Tavern.with("ops.enabled=true");

    @TempDir
    Path profile;

    private Browser browser;

    @BeforeEach
    void logIn() throws Exception {
        assumeThat(Browser.CHROMIUM).as("apt-get install chromium").isExecutable();
        browser = Browser.open(profile.resolve("chromium"));
        browser.size(WIDE, 900);
        browser.go("http://127.0.0.1:" + tavern.server().opsAddress().getPort() + "/");
        browser.until("document.getElementById('login')?.hidden === false");
        String token = OpsClient.token(tavern.folder().resolve("ops-tokens"), "admin");
        browser.see("document.getElementById('token').value = '" + token + "'");
        browser.see("document.querySelector('#login button').click()");
        browser.until("document.querySelector('.numbers dd') !== null");
    }

    @AfterEach
    void close() {
        if (browser != null) {
            browser.close();
        }
    }

    @Test
    void theNumbersMoveAsPlayersComeAndFitANarrowWindow() throws Exception {
        browser.until("document.querySelector('.numbers dd').textContent === '1'");
        tavern.client("ann", Tavern.HALL);
        browser.until("document.querySelector('.numbers dd').textContent === '2'");
        browser.screenshot(SCREENSHOTS.resolve("overview.png"));
        browser.size(NARROW, 800);
        browser.until("document.documentElement.scrollWidth <= " + NARROW);
        browser.screenshot(SCREENSHOTS.resolve("overview-narrow.png"));
    }

    @Test
    void aKickedPlayerIsGoneFromTheRoomsPage() throws Exception {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        browser.see("location.hash = '#/rooms/hall'");
        browser.until("document.querySelector('[aria-label=\"Kick ann\"]') !== null");
        browser.see("document.querySelector('[aria-label=\"Kick ann\"]').click()");
        browser.see("document.querySelector('dialog .danger').click()");
        assertThat(browser.see("document.querySelector('dialog input:invalid').id"))
                .isEqualTo("reason");
        assertThat(ann.isLoggedIn()).isTrue();

        browser.see("document.getElementById('reason').value = 'a test'");
        browser.see("document.querySelector('dialog .danger').click()");
        browser.until("document.querySelector('dialog .answer').textContent.startsWith('kicked')");
        assertThat(ann.closedWith()).isEqualTo(ErrorCode.KICKED);
        browser.until("document.querySelector('[aria-label=\"Kick ann\"]') === null");
        browser.screenshot(SCREENSHOTS.resolve("room.png"));
    }

    @Test
    void whatPlayersWriteIsTextAndNothingElse() throws Exception {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        browser.see("location.hash = '#/rooms/hall'");
        ann.chat("<img id=evil src=x onerror=alert(1)>");
        browser.until("document.querySelector('.chat')?.textContent.includes('<img id=evil') === true");
        assertThat(browser.see("document.getElementById('evil')")).isEqualTo("null");
    }
}
