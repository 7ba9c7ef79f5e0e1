package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Joined;

/** A room's page: what players do is seen there, and what operators do there is felt by players. */
class ConsoleRoomIT {
    private static final Goods NOTHING = Goods.getDefaultInstance();

    @RegisterExtension
    final Tavern tavern = Tavern.with("ops.enabled=true", "limits.idle-seconds=120");

    @TempDir
    Path profile;

    private ConsolePage page;

    @BeforeEach
    void logIn() throws Exception {
        page = ConsolePage.loggedIn(tavern, profile);
        page.view("#/rooms/hall");
        page.untilShown("[aria-label='Kick bystander']");
    }

    @AfterEach
    void close() {
        if (page != null) {
            page.close();
        }
    }

    @Test
    void playersAreSeenMovingOnTheMapAndInTheList() throws Exception {
        RawClient ann = tavern.stranger();
        ann.login("ann");
        Joined joined = ann.join(Tavern.HALL);
        Entity self = joined.getState().getEntitiesList().stream()
                .filter(entity -> entity.getPlayer().equals("ann"))
                .findFirst()
                .orElseThrow();
        page.untilShown("[aria-label='Kick ann']");
        page.untilSays("main", Math.round(self.getX() / 16.0) + ", " + Math.round(self.getY() / 16.0));
        page.see("window.before = document.querySelector('canvas').toDataURL()");

        // Along one axis, a step at a time, no faster than the rules allow.
        int towards = self.getX() < joined.getMapWidth() / 2 ? 1 : -1;
        int step = joined.getMaxSpeed() / 20;
        int x = self.getX();
        for (int i = 0; i < 40; i++) {
            x += towards * step;
            int asked = ann.move(x, self.getY());
            ann.expect(message -> message.hasSnapshot() || message.getReplyTo() == asked);
        }
        page.until("document.querySelector('canvas').toDataURL() !== window.before");
        page.untilSays("main", Math.round(x / 16.0) + ", " + Math.round(self.getY() / 16.0));
        page.screenshot("room");
        page.browser().scheme("dark");
        page.screenshot("room-dark");
    }

    @Test
    void aKickedPlayerIsGoneFromTheRoomsPage() throws Exception {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        page.click("[aria-label='Kick ann']");
        page.click("dialog .danger");
        assertThat(page.see("document.querySelector('dialog input:invalid').id"))
                .isEqualTo("reason");
        assertThat(ann.isLoggedIn()).isTrue();

        page.confirm("kicked");
        assertThat(ann.closedWith()).isEqualTo(ErrorCode.KICKED);
        page.untilGone("[aria-label='Kick ann']");
        page.screenshot("kicked");
    }

    @Test
    void frozenTradesAreRefusedUntilTheyMayGoOn() throws Exception {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        tavern.client("bob", Tavern.HALL);
        page.click("[aria-label='Freeze trades']");
        page.confirm("frozen");
        assertThat(ann.errorTo(ann.offer(TestIds.id(1_001), "bob", RawClient.gold(1), NOTHING)))
                .isEqualTo(ErrorCode.NOT_ALLOWED);
        page.untilSays("section[aria-label=Now]", "trades frozen");
        page.screenshot("frozen");

        page.click("[aria-label='Let trades go on']");
        page.confirm("");
        assertThat(ann.offered(TestIds.id(1_002), "bob", RawClient.gold(1), NOTHING)
                        .hasTradeOpened())
                .isTrue();
        page.untilSays("[aria-label='Open trades']", "ann");
    }

    @Test
    void anAnnouncementOfThePageIsHeardInTheRoom() throws Exception {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        page.click("[aria-label='Announce']");
        page.fill("#field-text", "closing time");
        page.confirm("");
        assertThat(ann.expect(message -> message.hasAnnouncement())
                        .getAnnouncement()
                        .getText())
                .isEqualTo("closing time");
    }
}
