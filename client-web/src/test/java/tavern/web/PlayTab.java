package tavern.web;

import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import tavern.server.it.Browser;

/** A person at the page to play on. Its screenshots are in target/play-pictures. */
final class PlayTab implements AutoCloseable {
    static final int WIDE = 1280;
    static final int NARROW = 400;
    private static final Path PICTURES = Path.of("target", "play-pictures");

    private final Browser browser;

    private PlayTab(Browser browser) {
        this.browser = browser;
    }

    /**
     * Comes in.
     *
     * @param profile a folder for the browser
     */
    static PlayTab open(String address, String player, Path profile) throws Exception {
        return enter(address, player, Browser.open(profile));
    }

    /** Another player in another tab of the same browser. */
    PlayTab beside(String address, String player) throws Exception {
        return enter(address, player, browser.anotherTab());
    }

    private static PlayTab enter(String address, String player, Browser browser) {
        PlayTab tab = new PlayTab(browser);
        tab.browser.size(WIDE, 800);
        tab.browser.go(address);
        tab.browser.until("document.getElementById('name')?.value.startsWith('wanderer-') === true");
        tab.fill("name", player);
        tab.submit("enter");
        tab.browser.until("!document.getElementById('room').hidden");
        return tab;
    }

    Browser browser() {
        return browser;
    }

    void fill(String id, String value) {
        browser.see("document.getElementById('" + id + "').value = " + new JsonPrimitive(value));
    }

    void submit(String id) {
        browser.see("document.getElementById('" + id + "').requestSubmit()");
    }

    void click(String selector) {
        browser.until("document.querySelector(\"" + selector + "\") !== null");
        browser.see("document.querySelector(\"" + selector + "\").click()");
    }

    void say(String text) {
        fill("line", text);
        submit("say");
    }

    void offer(String to, int gold, int potions) {
        browser.until("[...document.getElementById('partner').options].some(({ value }) => value === '" + to + "')");
        fill("partner", to);
        fill("give-kind", "gold");
        fill("give-count", String.valueOf(gold));
        fill("want-kind", "potion");
        fill("want-count", String.valueOf(potions));
        submit("offer");
    }

    /** Waits until this can be read in an element. */
    void untilReads(String id, String text) {
        browser.until("document.getElementById('" + id + "').textContent.includes(" + new JsonPrimitive(text) + ")");
    }

    String reads(String id) {
        return browser.see("document.getElementById('" + id + "').textContent");
    }

    void picture(String name) throws Exception {
        browser.screenshot(PICTURES.resolve(name + ".png"));
    }

    @Override
    public void close() {
        browser.close();
    }
}
