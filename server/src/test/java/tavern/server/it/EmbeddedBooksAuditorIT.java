package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;

/** The auditor that the other tests use finds every kind of fault. */
class EmbeddedBooksAuditorIT {
    @TempDir
    Path folder;

    private final List<Deal> deals = new ArrayList<>();

    @BeforeEach
    void trade() throws Exception {
        try (TestServer server = TestServer.start(folder);
                RawClient anna = server.client("anna", "hall");
                RawClient ben = server.client("ben", "hall")) {
            long sword = ben.firstItem();
            commit(anna, ben, RawClient.gold(5), RawClient.item(sword));
            commit(anna, ben, RawClient.gold(7), RawClient.gold(3));
        }
    }

    private void commit(RawClient anna, RawClient ben, Goods give, Goods want) throws Exception {
        Deal deal = new Deal(TestIds.fresh(), "anna", "ben", give, want);
        assertThat(anna.offered(deal.id(), "ben", give, want).hasTradeOpened()).isTrue();
        ben.expect(ServerMessage::hasTradeOffered);
        ben.accept(deal.id(), "anna");
        TradeOutcome told = ben.tradeResult(deal.id()).getOutcome();
        assertThat(told).isEqualTo(TradeOutcome.COMMITTED);
        deal.tell("ben", told);
        deals.add(deal);
    }

    @Test
    void nothingIsFoundWhereNothingIsWrong() throws Exception {
        assertThat(new EmbeddedBooksAuditor(folder).audit(deals)).isEmpty();
    }

    @Test
    void goldOutOfNothingIsFound() throws Exception {
        forge("UPDATE balance SET count = count + 1 WHERE kind = 'gold' AND player = 1");
        assertThat(new EmbeddedBooksAuditor(folder).audit(deals))
                .containsExactlyInAnyOrder(
                        "balance is not the sum of its ledger rows: 1 gold 1",
                        "players do not own what was granted: gold 1");
    }

    @Test
    void goldThatWentToTheWrongPlayerIsFound() throws Exception {
        forge("UPDATE balance SET count = count + CASE player WHEN 1 THEN 1 ELSE -1 END WHERE kind = 'gold'");
        assertThat(new EmbeddedBooksAuditor(folder).audit(deals))
                .containsExactlyInAnyOrder(
                        "balance is not the sum of its ledger rows: 1 gold 1",
                        "balance is not the sum of its ledger rows: 2 gold -1");
    }

    @Test
    void aForgedOwnerIsFound() throws Exception {
        forge("UPDATE item SET owner = 2 WHERE id = (SELECT min(id) FROM item WHERE owner = 1)");
        assertThat(new EmbeddedBooksAuditor(folder).audit(deals))
                .hasSize(2)
                .allMatch(line -> line.startsWith("item is not where"));
        forge("UPDATE item SET owner = 99 WHERE owner = 2");
        assertThat(new EmbeddedBooksAuditor(folder).audit(deals)).anyMatch(line -> line.startsWith("item of nobody"));
    }

    @Test
    void aLostTradeIsFound() throws Exception {
        forge("DELETE FROM outcome WHERE id = (SELECT min(id) FROM outcome WHERE id LIKE 'trade:%')");
        assertThat(new EmbeddedBooksAuditor(folder).audit(deals))
                .hasSize(2)
                .anyMatch(line -> line.startsWith("acknowledged trade is stored as null"))
                .anyMatch(line -> line.startsWith("goods moved without a committed trade"));
    }

    @Test
    void aTradeWithAnotherOutcomeIsFound() throws Exception {
        forge("UPDATE outcome SET reason = 1 WHERE id = (SELECT min(id) FROM outcome WHERE id LIKE 'trade:%')");
        assertThat(new EmbeddedBooksAuditor(folder).audit(deals))
                .hasSize(2)
                .anyMatch(line -> line.startsWith("acknowledged trade is stored as FAILED"))
                .anyMatch(line -> line.startsWith("goods moved without a committed trade"));
    }

    @Test
    void halfAnEntryIsFound() throws Exception {
        forge("UPDATE entry SET legs = substr(legs, 1, instr(legs, ';') - 1)"
                + " WHERE position = (SELECT max(position) FROM entry)");
        assertThat(new EmbeddedBooksAuditor(folder).audit(deals))
                .anyMatch(line -> line.startsWith("balance is not the sum of its ledger rows"));
    }

    @Test
    void aDamagedFileIsFound() throws Exception {
        // The pages of an index that was removed belong to nothing.
        forge("PRAGMA writable_schema = 1", "DELETE FROM sqlite_schema WHERE name = 'item_owner'");
        assertThat(new EmbeddedBooksAuditor(folder).audit(deals)).anyMatch(line -> line.startsWith("file is damaged"));
    }

    private void forge(String... commands) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tavern.db"));
                Statement statement = connection.createStatement()) {
            for (String command : commands) {
                statement.execute(command);
            }
        }
    }
}
