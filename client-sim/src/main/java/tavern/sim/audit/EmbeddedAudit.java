package tavern.sim.audit;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sqlite.SQLiteConfig;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;

/** The embedded store's file, read-only, while the server runs or after it died. */
public final class EmbeddedAudit implements StoreAudit {
    /** Each finds what must not be; the first column says what. */
    private static final Map<String, String> CONTRADICTIONS = Map.of(
            "balance and ledger differ",
            """
            SELECT owner || ' ' || kind || ' ' || SUM(count) FROM (
              SELECT player AS owner, kind, count FROM balance
              UNION ALL SELECT account, kind, -delta FROM ledger WHERE item = 0 AND account <> 0)
            GROUP BY owner, kind HAVING SUM(count) <> 0""",
            "owner and ledger differ",
            """
            SELECT item || ' of account ' || owner FROM (
              SELECT id AS item, owner, 1 AS n FROM item WHERE owner <> 0
              UNION ALL SELECT item, account, -delta FROM ledger WHERE item <> 0 AND account <> 0)
            GROUP BY item, owner HAVING SUM(n) <> 0""",
            "entry does not sum to zero",
            "SELECT entry || ' ' || kind || ' ' || item FROM ledger GROUP BY entry, kind, item HAVING SUM(delta) <> 0",
            "grants and goods differ",
            """
            SELECT kind || ' ' || SUM(n) FROM (
              SELECT kind, count AS n FROM balance
              UNION ALL SELECT kind, 1 FROM item WHERE owner <> 0
              UNION ALL SELECT kind, delta FROM ledger WHERE account = 0)
            GROUP BY kind HAVING SUM(n) <> 0""",
            "an owner that is no player",
            "SELECT id FROM item WHERE owner <> 0 AND owner NOT IN (SELECT id FROM player)");

    private static final String TWICE = "carried out otherwise than once, on its terms";

    /** By whom, and under which id. */
    private record Told(String from, String id) {}

    @SuppressWarnings("ArrayRecordComponent") // read once, compared never
    private record Stored(long proposer, long partner, String to, byte[] terms, int outcome) {
        String entry(String id) {
            return "trade:" + proposer + "-" + id;
        }
    }

    private final Path file;

    public EmbeddedAudit(Path file) {
        this.file = file;
    }

    @Override
    public Result read(Collection<KnownTrade> trades) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("no store at " + file);
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(5_000);
        try (Connection connection = config.createConnection("jdbc:sqlite:" + file)) {
            // One transaction: a view of one moment.
            connection.setAutoCommit(false);
            Map<String, Map<MovedGoods.Line, Long>> ledger = ledger(connection);
            Map<Told, Stored> stored = trades(connection);
            Map<KnownTrade, String> wrong = new LinkedHashMap<>();
            Set<KnownTrade> twice = new HashSet<>();
            for (KnownTrade trade : trades) {
                String problem = check(stored, ledger, trade);
                if (!problem.isEmpty()) {
                    wrong.put(trade, problem);
                }
                if (problem.equals(TWICE)) {
                    twice.add(trade);
                }
            }
            return new Result(contradictions(connection), wrong, twice);
        } catch (SQLException e) {
            throw new IOException("cannot audit " + file + ": " + e.getMessage(), e);
        }
    }

    private static List<String> contradictions(Connection connection) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            for (Map.Entry<String, String> check : CONTRADICTIONS.entrySet()) {
                try (ResultSet rows = statement.executeQuery(check.getValue())) {
                    while (rows.next()) {
                        found.add(check.getKey() + ": " + rows.getString(1));
                    }
                }
            }
        }
        return found;
    }

    /** @return what is wrong, or an empty text */
    private static String check(
            Map<Told, Stored> trades, Map<String, Map<MovedGoods.Line, Long>> ledger, KnownTrade trade) {
        String id = TradeIds.text(trade.offer().getTradeId());
        Stored stored = trades.get(new Told(trade.from(), id));
        if (stored == null) {
            return "not in the store";
        }
        if (stored.outcome() != trade.outcome().getNumber()) {
            return "ended with outcome " + stored.outcome() + ", told was " + trade.outcome();
        }
        try {
            TradeOffer terms = TradeOffer.parseFrom(stored.terms());
            if (!stored.to().equals(trade.offer().getTo())
                    || !MovedGoods.of(1, 2, terms).equals(MovedGoods.of(1, 2, trade.offer()))) {
                return "has other terms";
            }
        } catch (IOException e) {
            return "has terms that cannot be read";
        }
        Map<MovedGoods.Line, Long> due = trade.outcome() == TradeOutcome.COMMITTED
                ? MovedGoods.of(stored.proposer(), stored.partner(), trade.offer())
                : Map.of();
        return ledger.getOrDefault(stored.entry(id), Map.of()).equals(due) ? "" : TWICE;
    }

    /** How trades ended. Read in one go: what the server finds them by is the server's own. */
    private static Map<Told, Stored> trades(Connection connection) throws SQLException {
        Map<Told, Stored> trades = new HashMap<>();
        String find = """
                SELECT f.name, t.uuid, t.proposer, t.partner, p.name, t.terms, t.outcome
                FROM trade t JOIN player f ON f.id = t.proposer JOIN player p ON p.id = t.partner""";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(find)) {
            while (row.next()) {
                String id = TradeIds.text(ByteString.copyFrom(row.getBytes(2)));
                trades.put(
                        new Told(row.getString(1), id),
                        new Stored(row.getLong(3), row.getLong(4), row.getString(5), row.getBytes(6), row.getInt(7)));
            }
        }
        return trades;
    }

    /** What moved, by entry. Read in one go: the ledger has no index that finds one entry. */
    private static Map<String, Map<MovedGoods.Line, Long>> ledger(Connection connection) throws SQLException {
        Map<String, Map<MovedGoods.Line, Long>> entries = new HashMap<>();
        String find = """
                SELECT entry, account, kind, item, SUM(delta) FROM ledger WHERE entry LIKE 'trade:%'
                GROUP BY entry, account, kind, item HAVING SUM(delta) <> 0""";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(find)) {
            while (row.next()) {
                long item = row.getLong(4);
                MovedGoods.Line line = new MovedGoods.Line(row.getLong(2), item == 0 ? row.getString(3) : "", item);
                entries.computeIfAbsent(row.getString(1), entry -> new HashMap<>())
                        .put(line, row.getLong(5));
            }
        }
        return entries;
    }
}
