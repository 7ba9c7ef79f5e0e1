package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Path;

/** The operators' page in a browser, as somebody uses it. Its screenshots are in target/console. */
final class ConsolePage implements AutoCloseable {
    static final int WIDE = 1280;
    static final int NARROW = 400;
    private static final Path SCREENSHOTS = Path.of("target", "console");

    private final Browser browser;

    private ConsolePage(Browser browser) {
        this.browser = browser;
    }

    /** Before anybody has logged in. @param profile a folder for the browser */
    static ConsolePage open(String address, Path profile) throws Exception {
        assumeThat(Browser.CHROMIUM).as("apt-get install chromium").isExecutable();
        ConsolePage page = new ConsolePage(Browser.open(profile.resolve("chromium")));
        page.browser.size(WIDE, 900);
        page.browser.go(address + "/");
        page.until("document.getElementById('login')?.hidden === false");
        return page;
    }

    /** With the token of an admin. */
    static ConsolePage loggedIn(Tavern tavern, Path profile) throws Exception {
        ConsolePage page =
                open("http://127.0.0.1:" + tavern.server().opsAddress().getPort(), profile);
        page.logIn(OpsClient.token(tavern.folder().resolve("ops-tokens"), "admin"));
        page.until("document.querySelector('.numbers dd') !== null");
        return page;
    }

    void logIn(String token) {
        browser.see("document.querySelector('#login details').open = true");
        fill("#token", token);
        click("#login button");
    }

    Browser browser() {
        return browser;
    }

    void view(String hash) {
        browser.see("location.hash = " + quoted(hash));
    }

    String see(String expression) {
        return browser.see(expression);
    }

    void until(String expression) {
        browser.until(expression);
    }

    void untilShown(String selector) {
        until("document.querySelector(" + quoted(selector) + ") !== null");
    }

    void untilGone(String selector) {
        until("document.querySelector(" + quoted(selector) + ") === null");
    }

    /** Waits until an element's text contains this one. */
    void untilSays(String selector, String text) {
        until("document.querySelector(" + quoted(selector) + ")?.textContent.includes(" + quoted(text) + ") === true");
    }

    void click(String selector) {
        untilShown(selector);
        browser.see("document.querySelector(" + quoted(selector) + ").click()");
    }

    void fill(String selector, String text) {
        untilShown(selector);
        browser.see("document.querySelector(" + quoted(selector) + ").value = " + quoted(text));
    }

    /** Gives the reason in the dialog that is open, and waits for the server's answer. */
    void confirm(String answer) {
        fill("#reason", "a test");
        click("dialog form .buttons button:last-child");
        untilSays("dialog .answer", answer);
        click("dialog form .buttons button");
        untilGone("dialog");
    }

    String axe() throws IOException {
        return browser.axe();
    }

    void screenshot(String name) throws IOException {
        browser.screenshot(SCREENSHOTS.resolve(name + ".png"));
    }

    private static String quoted(String text) {
        return new JsonPrimitive(text).toString();
    }

    @Override
    public void close() {
        try {
            assertThat(browser.problems()).as("problems in the page").isEmpty();
        } finally {
            browser.close();
        }
    }
}
