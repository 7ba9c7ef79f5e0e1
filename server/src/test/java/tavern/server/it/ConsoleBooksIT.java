package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;

/** The page's trades, items, timelines and economy: what players did is found there, and what does not add up is red. */
class ConsoleBooksIT {
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
    void aTradeIsFoundWithBothItsSidesAndTheWayOfItsItem() throws Exception {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        RawClient bob = tavern.client("bob", Tavern.HALL);
        long item = ann.firstItem();
        page.view("#/trades");
        page.untilSays("main table", "No trades.");
        String trade = trade(ann, bob, item);

        // Live, then found by one of the two.
        page.untilShown("main table [href='#/trades/" + trade + "']");
        page.fill("#what", "bob");
        page.click(".search button");
        page.until("location.hash === '#/trades?player=bob'");
        page.untilSays("main table", "30 gold");
        page.screenshot("trades");
        page.click("main table [href='#/trades/" + trade + "']");
        page.untilSays("[aria-label=Outcome]", "committed");
        page.untilSays("[aria-label=Proposer]", "ann");
        page.untilSays("[aria-label=Proposer]", "gave");
        page.untilSays("[aria-label=Partner]", "gave 30 gold");
        page.screenshot("trade");

        page.click("[aria-label=Proposer] [href='#/items/" + item + "']");
        page.untilSays(".owner", "owned by bob now");
        assertThat(page.see("[...document.querySelectorAll('main tbody tr')].map((row) => "
                        + "[1, 2, 3].map((i) => row.cells[i].textContent).join(' ')).join('; ')"))
                .isEqualTo("granted nowhere ann; traded ann bob");
        page.screenshot("item");

        search("item", String.valueOf(item));
        page.untilShown("main table [href='#/trades/" + trade + "']");
        search("trade", trade);
        page.untilSays("[aria-label=Partner]", "bob");
    }

    private void search(String way, String what) {
        page.view("#/trades");
        page.fill("#by", way);
        page.fill("#what", what);
        page.click(".search button");
        page.until("location.hash !== '#/trades'");
    }

    private static String trade(RawClient ann, RawClient bob, long item) throws Exception {
        UUID id = TestIds.fresh();
        ann.offer(id, "bob", RawClient.item(item), RawClient.gold(30));
        bob.expect(ServerMessage::hasTradeOffered);
        bob.accept(id, "ann");
        bob.tradeResult(id);
        assertThat(ann.tradeResult(id).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
        return ann.welcome().getPlayerId() + "-" + id;
    }

    @Test
    void aPlayersTimelineTellsOfConnectionsRoomsChatAndTrades() throws Exception {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        RawClient bob = tavern.client("bob", Tavern.HALL);
        ann.chat(EVIL);
        trade(ann, bob, ann.firstItem());
        page.view("#/players/ann");
        String timeline = "[aria-label='Timeline, newest first']";
        for (String what : new String[] {"connected", "joined", "said", "traded", "was granted"}) {
            page.untilSays(timeline, what);
        }
        page.untilSays(timeline, EVIL);
        assertThat(page.see("document.getElementById('evil')")).isEqualTo("null");
        page.untilSays("[aria-label=Balances]", "1,030");
        page.screenshot("player");
        page.browser().size(ConsolePage.NARROW, 800);
        page.until("document.documentElement.scrollWidth <= " + ConsolePage.NARROW);
        page.screenshot("narrow-player");
    }

    @Test
    void anEconomyThatDoesNotAddUpIsRedWithTheDifference() throws Exception {
        tavern.client("ann", Tavern.HALL);
        page.view("#/economy");
        page.untilSays(".verdict.good", "Holds");
        page.screenshot("economy");

        tavern.logs().expect("goods do not add up");
        addGold(11);
        page.untilSays(".verdict.bad", "Does not hold: +11 gold");
        page.untilSays("main tbody strong.bad", "+11");
        page.untilSays("#state", "degraded");
        page.screenshot("economy-broken");
        addGold(-11);
        page.untilSays(".verdict.good", "Holds");
    }

    /** Past the server, as somebody who writes to its store. */
    private void addGold(long more) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:sqlite:" + tavern.folder().resolve("tavern.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000");
            statement.execute("UPDATE balance SET count = count + " + more
                    + " WHERE kind = 'gold' AND player = (SELECT id FROM player WHERE name = 'ann')");
        }
    }
}
