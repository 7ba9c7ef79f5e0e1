package tavern.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.it.Browser;
import tavern.server.it.TestServer;

/** Two people at the page to play on, among guests. */
@Timeout(180)
class PlayPageIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    private TestServer server;
    private PlayServer play;

    @BeforeEach
    void start() throws IOException {
        assumeThat(Browser.CHROMIUM).as("apt-get install chromium").isExecutable();
        server = TestServer.start(folder.resolve("data"), "game.map-width=48", "game.map-height=32");
        play = PlayServer.start(server.address().getPort(), "--page=target/play", "--room=tavern", "--guests=12");
    }

    @AfterEach
    void stop() {
        play.close();
        server.close();
    }

    @Test
    void twoPeopleMeetTalkTradeAndMissNothingWhenTheConnectionIsCut() throws Exception {
        try (PlayTab ann = PlayTab.open(play.address(), "ann", folder.resolve("ann"));
                PlayTab ben = PlayTab.open(play.address(), "ben", folder.resolve("ben"))) {
            ann.untilReads("log", "ben came in.");
            talk(ann, ben);
            trade(ann, ben);
            walk(ann);
            cutAndComeBack(ann, ben);
            look(ann);
            assertThat(ann.browser().problems()).isEmpty();
            assertThat(ben.browser().problems()).isEmpty();
        }
    }

    private static void talk(PlayTab ann, PlayTab ben) {
        ann.say("hello <b>ben</b>");
        ben.untilReads("log", "ann hello <b>ben</b>");
        ben.say("Ada, how are you?");
        ann.untilReads("log", "Ada ben: ");
    }

    private static void trade(PlayTab ann, PlayTab ben) {
        ann.untilReads("goods", "1000 gold");
        ann.offer("ben", 11, 1);
        ben.untilReads("offers", "ann gives 11 gold for 1 potion.");
        ben.browser()
                .see("[...document.querySelectorAll('#offers li')]"
                        + ".find((li) => li.textContent.includes('ann gives')).querySelector('button').click()");
        ann.untilReads("goods", "989 gold");
        ann.untilReads("goods", "11 potion");
        ben.untilReads("goods", "1011 gold");

        ann.offer("Ada", 10, 1);
        ann.untilReads("goods", "979 gold");
        ann.untilReads("goods", "12 potion");
        ann.untilReads("log", "Your trade with Ada: done.");
        ann.offer("Bruno", 1, 1);
        ann.untilReads("log", "Your trade with Bruno: declined.");

        // Each guest's offer is a potion, for gold.
        ben.untilReads("offers", "gives 1 potion for");
        ben.click("#offers li button");
        ben.untilReads("goods", "10 potion");
    }

    private static void walk(PlayTab ann) {
        Browser browser = ann.browser();
        browser.see("document.getElementById('world').focus()");
        String before = ann.reads("place");
        press(browser, "ArrowRight");
        browser.until(
                "document.getElementById('place').textContent === '48, ' + '" + before.replaceAll(".*, ", "") + "'");
        release(browser, "ArrowRight");
        // Somebody may stand where the mouse presses, so the next press is beside it.
        for (int i = 0; i < 3; i++) {
            browser.mouse(200 + i * 60, 300);
        }
        browser.until("!document.getElementById('place').textContent.startsWith('48,')");
        press(browser, "KeyD");
        browser.until("document.getElementById('place').textContent.startsWith('48,')");
        release(browser, "KeyD");
        for (int i = 0; i < 3; i++) {
            browser.touch(200 + i * 60, 300);
        }
        browser.until("!document.getElementById('place').textContent.startsWith('48,')");
    }

    private static void press(Browser browser, String key) {
        browser.see("window.dispatchEvent(new KeyboardEvent('keydown', { code: '" + key + "' }))");
    }

    private static void release(Browser browser, String key) {
        browser.see("window.dispatchEvent(new KeyboardEvent('keyup', { code: '" + key + "' }))");
    }

    private static void cutAndComeBack(PlayTab ann, PlayTab ben) {
        ann.click("#cut");
        ann.untilReads("state", "Cut off.");
        for (String line : new String[] {"first of three", "second of three", "third of three"}) {
            ben.say(line);
            ben.untilReads("log", line);
        }
        assertThat(ann.reads("log")).doesNotContain("of three");
        ann.click("#cut");
        ann.untilReads("log", "You missed nothing:");
        ann.untilReads("state", "You are ann");
        assertThat(ann.reads("log"))
                .containsOnlyOnce("first of three")
                .containsOnlyOnce("third of three")
                .containsSubsequence("first of three", "second of three", "third of three", "You missed nothing:");
        ann.say("back again");
        ben.untilReads("log", "ann back again");
        assertThat(ben.reads("log")).doesNotContain("ann left");
    }

    private static void look(PlayTab ann) throws Exception {
        ann.picture("wide");
        assertThat(ann.browser().axe()).as("accessibility, light").isEmpty();
        ann.browser().scheme("dark");
        assertThat(ann.browser().axe()).as("accessibility, dark").isEmpty();
        ann.picture("wide-dark");
        ann.browser().size(PlayTab.NARROW, 800);
        ann.browser().until("document.documentElement.scrollWidth <= " + PlayTab.NARROW);
        ann.picture("narrow-dark");
        ann.browser().scheme("light");
        ann.picture("narrow");
        assertThat(ann.browser().axe()).as("accessibility, narrow").isEmpty();
    }

    /** As somebody does who has typed {@code bin/demo --play}. */
    @Test
    void theDemoIsPlayedInTwoTabsOfOneBrowser() throws Exception {
        ProcessBuilder demo = new ProcessBuilder(ROOT.resolve("bin/demo").toString(), "--play", "--guests", "4");
        demo.environment().put("TAVERN_BUILD", "never");
        // The demo's page needs no tokens of an identity service, whatever servers here are set to.
        demo.environment().put("TAVERN_AUTH_MODE", "jwt");
        try (PlayServer served = PlayServer.start(demo);
                PlayTab ann = PlayTab.open(served.address(), "ann", folder.resolve("browser"));
                PlayTab ben = ann.beside(served.address(), "ben")) {
            talk(ann, ben);
            trade(ann, ben);
            cutAndComeBack(ann, ben);
            assertThat(ann.browser().problems()).isEmpty();
            assertThat(ben.browser().problems()).isEmpty();
        }
    }

    @Test
    void onlyThePagesOwnFilesAreServedAndOnlyUnderThisMachinesName() throws Exception {
        assertThat(status("play.js", "127.0.0.1")).isEqualTo(200);
        assertThat(status("package.json", "127.0.0.1")).isEqualTo(404);
        assertThat(status("../package.json", "127.0.0.1")).isEqualTo(404);
        assertThat(status("play.js", "evil.example")).isEqualTo(421);
    }

    private int status(String path, String host) throws IOException {
        URI page = URI.create(play.address());
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), page.getPort())) {
            String request = "GET /" + path + " HTTP/1.1\r\nHost: " + host + ":" + page.getPort()
                    + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
            assertThat(answer)
                    .containsIgnoringCase("\r\nContent-Security-Policy: default-src 'none'; script-src 'self';");
            return Integer.parseInt(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
        }
    }
}
