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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sqlite.SQLiteConfig;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;

/**
 * Reads the embedded store's file, read-only, while the server runs or after it died, and checks the books by code that
 * shares nothing with the server but the schema.
 */
public final class StoreAudit {
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

    /**
     * What the file says.
     *
     * @param contradictions of the books among themselves
     * @param inStore acknowledged trades that are in it as they were told
     * @param twice acknowledged trades whose goods moved otherwise than once
     * @param differences between the books and what was told
     */
    public record Result(List<String> contradictions, long inStore, long twice, List<String> differences) {}

    private record Line(long account, String kind, long item) {}

    /** By whom, and under which id. */
    private record Told(String from, String id) {}

    private record Stored(long proposer, long partner, String to, byte[] terms, int outcome) {
        String entry(String id) {
            return "trade:" + proposer + "-" + id;
        }
    }

    private StoreAudit() {}

    /**
     * Checks the books, and these trades against them.
     *
     * @throws IOException when the file cannot be read as a store
     */
    public static Result read(Path file, List<AcknowledgedTrade> trades) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("no store at " + file);
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(5_000);
        try (Connection connection = config.createConnection("jdbc:sqlite:" + file)) {
            // One transaction: a view of one moment.
            connection.setAutoCommit(false);
            List<String> differences = new ArrayList<>();
            Map<String, Map<Line, Long>> ledger = ledger(connection);
            Map<Told, Stored> stored = trades(connection);
            long inStore = 0;
            long twice = 0;
            for (AcknowledgedTrade trade : trades) {
                String wrong = check(stored, ledger, trade);
                if (wrong.isEmpty()) {
                    inStore++;
                } else {
                    differences.add(trade.from() + " to " + trade.offer().getTo() + ": " + wrong);
                    twice += wrong.startsWith("carried out") ? 1 : 0;
                }
            }
            return new Result(contradictions(connection), inStore, twice, differences);
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
            Map<Told, Stored> trades, Map<String, Map<Line, Long>> ledger, AcknowledgedTrade trade) {
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
                    || !lines(1, 2, terms).equals(lines(1, 2, trade.offer()))) {
                return "has other terms";
            }
        } catch (IOException e) {
            return "has terms that cannot be read";
        }
        Map<Line, Long> due = trade.outcome() == TradeOutcome.COMMITTED
                ? lines(stored.proposer(), stored.partner(), trade.offer())
                : Map.of();
        return ledger.getOrDefault(stored.entry(id), Map.of()).equals(due)
                ? ""
                : "carried out otherwise than once, on its terms";
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
    private static Map<String, Map<Line, Long>> ledger(Connection connection) throws SQLException {
        Map<String, Map<Line, Long>> entries = new HashMap<>();
        String find = """
                SELECT entry, account, kind, item, SUM(delta) FROM ledger WHERE entry LIKE 'trade:%'
                GROUP BY entry, account, kind, item HAVING SUM(delta) <> 0""";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(find)) {
            while (row.next()) {
                long item = row.getLong(4);
                Line line = new Line(row.getLong(2), item == 0 ? row.getString(3) : "", item);
                entries.computeIfAbsent(row.getString(1), entry -> new HashMap<>())
                        .put(line, row.getLong(5));
            }
        }
        return entries;
    }

    /** The ledger lines that a trade makes: what each side gains and loses. */
    private static Map<Line, Long> lines(long proposer, long partner, TradeOffer offer) {
        Map<Line, Long> sums = new HashMap<>();
        move(sums, proposer, partner, offer.getGive());
        move(sums, partner, proposer, offer.getWant());
        sums.values().removeIf(sum -> sum == 0);
        return sums;
    }

    private static void move(Map<Line, Long> sums, long from, long to, Goods goods) {
        for (Stack stack : goods.getStacksList()) {
            sums.merge(new Line(from, stack.getKind(), 0), -stack.getCount(), Long::sum);
            sums.merge(new Line(to, stack.getKind(), 0), stack.getCount(), Long::sum);
        }
        for (long item : goods.getItemIdsList()) {
            sums.merge(new Line(from, "", item), -1L, Long::sum);
            sums.merge(new Line(to, "", item), 1L, Long::sum);
        }
    }
}
