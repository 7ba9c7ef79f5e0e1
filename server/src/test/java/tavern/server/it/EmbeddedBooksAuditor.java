package tavern.server.it;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.sqlite.SQLiteConfig;
import tavern.protocol.v1.TradeOutcome;

/** Audits the file of an embedded store that is not open, without any of the store's own code. */
final class EmbeddedBooksAuditor {
    /** Each query finds rows that should not exist; the columns say which. */
    private static final Map<String, String> RULES = Map.of(
            "balance is not the sum of its ledger rows",
            """
            SELECT player, kind, sum(count) FROM (
              SELECT player, kind, count FROM balance
              UNION ALL SELECT account, kind, -delta FROM ledger WHERE item = 0 AND account <> 0)
            GROUP BY player, kind HAVING sum(count) <> 0""",
            "players do not own what was granted",
            """
            SELECT kind, sum(count) FROM (
              SELECT kind, count FROM balance
              UNION ALL SELECT kind, delta FROM ledger WHERE item = 0 AND account = 0)
            GROUP BY kind HAVING sum(count) <> 0""",
            "item is not where the ledger has it",
            """
            SELECT id, account, sum(held) FROM (
              SELECT id, owner AS account, 1 AS held FROM item
              UNION ALL SELECT item, account, -delta FROM ledger WHERE item <> 0 AND account <> 0)
            GROUP BY id, account HAVING sum(held) <> 0""",
            "item of nobody",
            "SELECT id, owner FROM item WHERE owner NOT IN (SELECT id FROM player)",
            "goods moved without a committed trade",
            """
            SELECT DISTINCT entry FROM ledger WHERE entry LIKE 'trade:%'
            EXCEPT SELECT id FROM outcome WHERE reason = 0 AND CAST(memo AS TEXT) LIKE '1 %'""",
            "committed trade moved nothing",
            """
            SELECT id FROM outcome WHERE id LIKE 'trade:%' AND reason = 0 AND CAST(memo AS TEXT) LIKE '1 %'
            EXCEPT SELECT entry FROM ledger""",
            "file is damaged",
            "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'");

    private record Told(String proposer, UUID id) {}

    private final Path folder;

    EmbeddedBooksAuditor(Path folder) {
        this.folder = folder;
    }

    /** @param deals which the file must know as the players do @return what is wrong; empty when nothing is */
    List<String> audit(Collection<Deal> deals) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        List<String> findings = new ArrayList<>();
        try (Connection connection = config.createConnection("jdbc:sqlite:" + folder.resolve("tavern.db"));
                Statement statement = connection.createStatement()) {
            for (Map.Entry<String, String> rule : RULES.entrySet()) {
                findRows(statement, rule.getKey(), rule.getValue(), findings);
            }
            compare(outcomes(statement), deals, findings);
        }
        return findings;
    }

    private static void findRows(Statement statement, String finding, String sql, List<String> findings)
            throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                StringBuilder line = new StringBuilder(finding).append(':');
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    line.append(' ').append(rows.getString(column));
                }
                findings.add(line.toString());
            }
        }
    }

    private static Map<Told, TradeOutcome> outcomes(Statement statement) throws SQLException {
        Map<Told, TradeOutcome> outcomes = new HashMap<>();
        // The memo begins with the outcome that was asked for; a reason says that goods were missing.
        String sql = "SELECT outcome.id, name, reason, CAST(memo AS TEXT) FROM outcome JOIN player"
                + " ON player.id = CAST(substr(outcome.id, 7) AS INTEGER) WHERE outcome.id LIKE 'trade:%'";
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                String id = rows.getString(1);
                String memo = rows.getString(4);
                int outcome = Integer.parseInt(memo.substring(0, memo.indexOf(' ')));
                outcomes.put(
                        new Told(rows.getString(2), UUID.fromString(id.substring(id.indexOf('-') + 1))),
                        rows.getInt(3) == 0 ? TradeOutcome.forNumber(outcome) : TradeOutcome.FAILED);
            }
        }
        return outcomes;
    }

    private static void compare(Map<Told, TradeOutcome> stored, Collection<Deal> deals, List<String> findings) {
        for (Deal deal : deals) {
            TradeOutcome outcome = stored.get(new Told(deal.from(), deal.id()));
            TradeOutcome told = deal.outcome();
            if (told != null && told != outcome) {
                findings.add("acknowledged trade is stored as " + outcome + ": " + deal);
            }
            if (deal.isRefused() && outcome != null) {
                findings.add("refused trade is stored as " + outcome + ": " + deal);
            }
        }
    }
}
