package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.store.Conservation;

/** The slow checks of the whole file. */
final class AuditSession extends Session {
    private static final int DIFFERENCES_MAX = 100;

    // SUM() gives up at 2^63: high and low halves are summed apart, and what the low ones carry is added to the high.
    private static final String HIGH = "SUM(delta >> 32) + (SUM(delta & 0xffffffff) >> 32)";
    private static final String LOW = "SUM(delta & 0xffffffff) & 0xffffffff";

    private static final String UNBALANCED = "SELECT 'entry ' || (SELECT entry FROM ledger WHERE sequence = some)"
            + " || ' does not sum to zero in ' || kind || CASE item WHEN 0 THEN '' ELSE ' ' || item END"
            + " FROM (SELECT min(sequence) AS some, kind, item FROM ledger_line"
            + " GROUP BY trade, grant_number, kind, item HAVING " + HIGH + " <> 0 OR " + LOW + " <> 0)";

    /** Not summed: that a trade of the book is one that committed, and the other way round. */
    private static final String UNEXPLAINED = "SELECT 'trade number ' || trade || ' moved goods and did not commit'"
            + " FROM (SELECT DISTINCT trade FROM ledger_line WHERE trade IS NOT NULL) AS moved WHERE trade NOT IN"
            + " (SELECT sequence FROM trade WHERE outcome = " + TradeOutcome.COMMITTED_VALUE + ")";

    private static final String FORGOTTEN = "SELECT 'trade number ' || sequence || ' is not found by its id'"
            + " FROM trade WHERE sequence NOT IN (SELECT trade FROM trade_slot)";

    private static final String STACKS = "WITH booked AS (SELECT account, kind, " + HIGH + " AS high, " + LOW
            + " AS low FROM ledger_line WHERE item = 0 AND account <> 0 GROUP BY account, kind"
            + " HAVING high <> 0 OR low <> 0)"
            + " SELECT 'player ' || ifnull(player, account) || ' has ' || ifnull(count, 0) || ' '"
            + " || ifnull(balance.kind, booked.kind) || ', the ledger says ' || ifnull((high << 32) + low, 0)"
            + " FROM booked FULL JOIN balance ON player = account AND balance.kind = booked.kind"
            + " WHERE count IS NULL OR high IS NULL OR count >> 32 <> high OR count & 0xffffffff <> low";

    private static final String ITEMS = "WITH booked AS (SELECT item, kind, account, SUM(delta) AS sum FROM ledger_line"
            + " WHERE item <> 0 AND account <> 0 GROUP BY item, kind, account HAVING sum <> 0),"
            + " owned AS (SELECT id, kind, owner FROM item WHERE owner <> 0)"
            + " SELECT 'item ' || ifnull(id, item) || ' belongs to ' || ifnull(owner, 'nobody')"
            + " || ', the ledger says ' || ifnull(account || ' (' || sum || ' times)', 'nobody')"
            + " FROM booked FULL JOIN owned ON id = item AND owner = account AND owned.kind = booked.kind"
            + " WHERE id IS NULL OR item IS NULL OR sum <> 1";

    private final Connection connection;

    AuditSession(Connection connection) throws SQLException {
        super(connection, "BEGIN");
        this.connection = connection;
    }

    Conservation conservation() throws SQLException {
        List<String> differences = new ArrayList<>();
        for (String query : List.of(UNBALANCED, UNEXPLAINED, FORGOTTEN, STACKS, ITEMS)) {
            differences.addAll(texts(query + " LIMIT " + DIFFERENCES_MAX));
        }
        return new Conservation(
                count("player"),
                count("trade WHERE outcome = " + TradeOutcome.COMMITTED_VALUE),
                count("ledger_line"),
                List.copyOf(differences));
    }

    /** What SQLite finds wrong with the file; empty when it is sound. */
    List<String> integrity() throws SQLException {
        List<String> problems = new ArrayList<>(texts("PRAGMA integrity_check(" + DIFFERENCES_MAX + ")"));
        problems.remove("ok");
        for (String table : texts("PRAGMA foreign_key_check")) {
            problems.add("a row of " + table + " refers to one that is not there");
        }
        return List.copyOf(problems);
    }

    private List<String> texts(String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    private long count(String rows) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*) FROM " + rows)) {
            result.next();
            return result.getLong(1);
        }
    }
}
