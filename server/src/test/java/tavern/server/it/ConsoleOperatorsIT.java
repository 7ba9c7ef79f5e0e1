package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.operators.Totp;

/** Operators in the console: made by an admin, signed in with a password and a code, out when they are disabled. */
@Timeout(600)
final class ConsoleOperatorsIT {
    @RegisterExtension
    final Tavern tavern = Tavern.with("ops.enabled=true", "ops.password-iterations=100000");

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

    private String said(String selector) {
        page.untilShown(selector);
        return page.see("document.querySelector(" + "'" + selector + "'" + ").textContent");
    }

    private void open(String button) {
        page.click("main button[aria-label='" + button + "']");
        page.untilShown("dialog");
    }

    /** Presses the dialog's button, and waits for the answer. */
    private void go(String answer) {
        page.click("dialog form .buttons button:last-child");
        page.untilSays("dialog .answer", answer);
    }

    private void leave() {
        page.click("dialog form .buttons button");
        page.untilGone("dialog");
    }

    private void fits(String name) throws IOException {
        for (int width : new int[] {ConsolePage.WIDE, ConsolePage.NARROW}) {
            page.browser().size(width, 900);
            page.browser().scheme(width == ConsolePage.WIDE ? "light" : "dark");
            assertThat(page.axe()).as("%s at %d", name, width).isEmpty();
            assertThat(page.see("document.documentElement.scrollWidth <= innerWidth"))
                    .as("%s at %d scrolls sideways", name, width)
                    .isEqualTo("true");
            page.screenshot(name + "-" + width);
        }
        page.browser().size(ConsolePage.WIDE, 900);
        page.browser().scheme("light");
    }

    private void signIn(String password, String code) {
        page.fill("#name", "ann");
        page.fill("#password", password);
        page.fill("#code", code);
        page.click("#login button");
    }

    @Test
    void anOperatorIsMadeSignsInSetsUpASecondFactorAndIsDisabled() throws Exception {
        page.view("#/operators");
        open("Add an operator");
        page.fill("#field-name", "ann");
        page.click("dialog input[value=moderator]");
        page.fill("#reason", "a test");
        fits("operator-add");
        go("made: moderator");
        String password = said("dialog .secret pre");
        leave();
        page.untilSays("main tbody", "ann");
        fits("operators");

        page.click("#logout");
        page.until("document.getElementById('login').hidden === false");
        fits("sign-in");
        signIn("wrong wrong wrong", "");
        page.untilSays("#problem", "the name, the password or the code is wrong");
        signIn(password, "");
        page.untilSays("#who", "ann, moderator");
        assertThat(said("#nav")).doesNotContain("Operators").contains("Audit log");

        page.view("#/account");
        open("Set up second factor");
        page.untilShown("dialog img.qr");
        page.until("document.querySelector('dialog img.qr').naturalWidth > 0");
        String secret = said("dialog code").replace(" ", "");
        page.fill("#field-password", password);
        fits("second-factor"); // takes long on a busy machine, and codes age
        // The code before the present one, since later ones are needed below; the server takes none before that.
        await("a time at which codes do not change soon").until(() -> System.currentTimeMillis() % 30_000 < 20_000);
        page.fill("#field-code", Totp.code(secret, System.currentTimeMillis(), -1));
        go("second factor set");
        assertThat(said("dialog .secret pre").lines()).hasSize(10);
        fits("recovery-codes");
        leave();
        page.untilSays("main .numbers", "set up, 10 recovery codes left");
        open("Make a token");
        page.fill("#field-password", password);
        page.fill("#field-label", "nightly report");
        go("made the token");
        assertThat(said("dialog .secret pre")).startsWith("tvt_");
        leave();
        page.untilSays("main tbody", "token: nightly report");
        fits("account");

        page.click("#logout");
        signIn(password, "");
        page.untilSays("#problem", "the code is wrong");
        signIn(password, Totp.code(secret, System.currentTimeMillis(), 0));
        page.untilSays("#who", "ann, moderator");

        page.view("#/account");
        open("Set up second factor");
        page.untilShown("#field-currentCode");
        leave();
        open("Remove second factor");
        page.fill("#field-password", password);
        page.fill("#field-code", Totp.code(secret, System.currentTimeMillis(), 1));
        fits("second-factor-remove");
        go("second factor removed");
        leave();
        page.untilSays("main .numbers", "none");

        OpsClient.of(tavern.server().opsAddress(), tavern.folder(), "admin")
                .post("/api/v1/operators/ann/disable", "{\"reason\": \"a test\"}");
        page.until("document.getElementById('login').hidden === false");
        page.untilSays("#problem", "sign in again");
    }
}
