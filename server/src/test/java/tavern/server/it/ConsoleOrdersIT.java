package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ServerMessage;

/** Orders given on a player's page: what is preselected, what is asked a second time, where the focus goes. */
class ConsoleOrdersIT {
    private static final String GO = "dialog form .buttons button:last-child";

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

    private void pageOf(String player) {
        page.view("#/players/" + player);
        page.untilShown("[aria-label=Mute]");
    }

    private String focused() {
        return page.see("document.activeElement.getAttribute('aria-label') ?? document.activeElement.id");
    }

    @Test
    void theShortestTimeIsPreselectedAndTheFocusGoesBackToTheButtonOfTheOrder() throws Exception {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        pageOf("ann");
        page.click("[aria-label=Whisper]");
        page.click("dialog .quiet");
        page.untilGone("dialog");
        assertThat(focused()).isEqualTo("Whisper");
        page.click("[aria-label=Mute]");
        page.confirm("muted until");
        page.untilShown("[aria-label=Unmute]");
        page.until("document.activeElement.getAttribute('aria-label') === 'Unmute'");
        page.click("[aria-label=Unmute]");
        page.confirm("no longer muted");
        page.until("document.activeElement.getAttribute('aria-label') === 'Mute'");

        page.click("[aria-label=Ban]");
        assertThat(page.see("[...document.getElementById('field-seconds').options].map((o) => o.text).join()"))
                .isEqualTo("10 minutes,1 hour,1 day,7 days,30 days,for ever");
        page.fill("#field-message", "come back later");
        page.confirm("banned until");
        assertThat(ann.expect(ServerMessage::hasError).getError().getText())
                .startsWith("banned until")
                .endsWith(": come back later")
                .doesNotContain("a test");

        OpsClient.of(tavern.server().opsAddress(), tavern.folder(), "admin").awaitAudited(6);
        page.view("#/audit");
        page.untilSays("main table", "banned until");
        assertThat(page.see("document.querySelectorAll('main tbody tr').length"))
                .as("one row for each order")
                .isEqualTo("3");
    }

    @Test
    void whatAnotherOperatorHasOrderedAndWhatLooksLikeAMistakeIsAskedAboutFirst() throws Exception {
        tavern.client("ann", Tavern.HALL);
        pageOf("ann");
        page.click("[aria-label=Mute]");
        OpsClient other = OpsClient.of(tavern.server().opsAddress(), tavern.folder(), "admin");
        other.post("/api/v1/players/ann/mute", "{\"reason\": \"spam\", \"forever\": true}");
        page.fill("#reason", "a test");
        page.click(GO);
        page.untilSays("dialog .problem", "muted for ever");
        page.screenshot("replace");
        page.click(GO);
        page.untilSays("dialog .answer", "muted until");
        page.click("dialog .quiet");

        page.click("[aria-label=Unmute]");
        other.with("If-Match", "*").post("/api/v1/players/ann/mute", "{\"reason\": \"more spam\", \"forever\": true}");
        page.fill("#reason", "a test");
        page.click(GO);
        page.untilSays("dialog .problem", "Now: muted for ever");
        page.click(GO);
        page.untilSays("dialog .answer", "no longer muted");
        page.click("dialog .quiet");

        page.click("[aria-label=Grant]");
        page.untilSays("#field-stacks-hint", "gold");
        page.fill("#field-stacks", "glod 5");
        page.fill("#reason", "a test");
        page.click(GO);
        page.untilSays("dialog .problem", "glod");
        page.screenshot("confirm");
        // Another amount is another order.
        page.see("document.getElementById('field-stacks').dispatchEvent(new Event('input', { bubbles: true }))");
        page.click(GO);
        page.untilSays("dialog .problem", "Is that meant?");
        page.click(GO);
        page.untilSays("dialog .answer", "gave 5 glod");
        page.click("dialog .quiet");
        page.untilSays("[aria-label=Balances]", "glod");
    }
}
