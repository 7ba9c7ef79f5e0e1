package tavern.sim.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sqlite.SQLiteConfig;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOutcome;

/** Audits the embedded store's file, read-only, while the server runs or after it has crashed. */
public final class EmbeddedAudit implements StoreAudit {
    /**
     * Precedes each query. {@code point} is the checkpoint, in which rows of {@code checkpoint_next} count first if their
     * segment is sealed. {@code books} is what moved: the checkpoint, as if a mint had just given all of it, and the ledger
     * since then.
     */
    private static final String BOOKS = """
            WITH
              sealed (number, last) AS (SELECT ifnull(max(number), 0), ifnull(max(last), 0) FROM segment),
              next (key, value) AS (SELECT key, value FROM checkpoint_next, sealing, sealed WHERE prepared <= number),
              point (key, value) AS (
                SELECT key, value FROM next WHERE value <> '0'
                UNION ALL SELECT key, value FROM checkpoint WHERE key NOT IN (SELECT key FROM next)),
              owned (account, kind, item, count) AS (
                SELECT CAST(value AS INTEGER), substr(value, instr(value, ' ') + 1), CAST(substr(key, 2) AS INTEGER), 1
                FROM point WHERE key LIKE '#%'
                UNION ALL SELECT CAST(key AS INTEGER), substr(key, instr(key, ' ') + 1), 0, CAST(value AS INTEGER)
                FROM point WHERE key GLOB '[0-9]*'),
              books (account, kind, item, delta) AS (
                SELECT account, kind, item, count FROM owned
                UNION ALL SELECT 0, kind, item, -count FROM owned
                UNION ALL SELECT account, kind, item, delta FROM ledger WHERE position > (SELECT last FROM sealed))
            """;

    /** Each query finds rows that must not exist; their first column describes the contradiction. */
    private static final Map<String, String> CONTRADICTIONS = Map.of(
            "balance and ledger differ",
            """
            SELECT owner || ' ' || kind || ' ' || SUM(count) FROM (
              SELECT player AS owner, kind, count FROM balance
              UNION ALL SELECT account, kind, -delta FROM books WHERE item = 0 AND account <> 0)
            GROUP BY owner, kind HAVING SUM(count) <> 0""",
            "owner and ledger differ",
            """
            SELECT item || ' ' || kind || ' of account ' || owner FROM (
              SELECT id AS item, kind, owner, 1 AS n FROM item WHERE owner <> 0
              UNION ALL SELECT item, kind, account, -delta FROM books WHERE item <> 0 AND account <> 0)
            GROUP BY item, kind, owner HAVING SUM(n) <> 0""",
            "grants and goods differ",
            """
            SELECT kind || ' ' || SUM(n) FROM (
              SELECT kind, count AS n FROM balance
              UNION ALL SELECT kind, 1 FROM item WHERE owner <> 0
              UNION ALL SELECT kind, delta FROM books WHERE account = 0)
            GROUP BY kind HAVING SUM(n) <> 0""",
            "the checkpoint does not add up",
            // What came out of mints is missing in them; under '#', the number of items.
            """
            SELECT kind || ' ' || SUM(n) FROM (
              SELECT '#' AS kind, 1 AS n FROM point WHERE key LIKE '#%'
              UNION ALL SELECT substr(key, instr(key, ' ') + 1), CAST(value AS INTEGER)
              FROM point WHERE key NOT LIKE '#%' AND key NOT LIKE 'grant:%')
            GROUP BY kind HAVING SUM(n) <> 0""",
            "given twice",
            // Neither the reference of a grant nor a player's number is used twice. The checkpoint has the references
            // of entries that may be gone; those with '%' are in another form there.
            """
            SELECT id FROM entry WHERE id LIKE 'grant:%' OR id LIKE 'starter:%'
            GROUP BY id HAVING COUNT(*) > 1
            UNION SELECT id FROM entry, sealed WHERE position > last AND id LIKE 'grant:%' AND instr(id, '%') = 0
            AND id IN (SELECT key FROM point)""",
            "an owner that is no player",
            "SELECT id FROM item WHERE owner <> 0 AND owner NOT IN (SELECT id FROM player)");

    private static final String TWICE = "not carried out exactly once on its terms";

    /** The key of a trade: the proposer's name and the trade id. */
    private record Told(String from, String id) {}

    /** @param goods what the proposer gives and wants, as text */
    private record Stored(long proposer, long partner, String to, String goods, int outcome, long atMillis) {
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
            // One transaction gives a consistent view.
            connection.setAutoCommit(false);
            Map<String, Map<MovedGoods.Line, Long>> ledger = ledger(connection);
            Map<Told, Stored> stored = trades(connection);
            long removedMillis = removedMillis(connection);
            Map<KnownTrade, String> wrong = new LinkedHashMap<>();
            Set<KnownTrade> twice = new HashSet<>();
            for (KnownTrade trade : trades) {
                String problem = check(stored, ledger, removedMillis, trade);
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
                try (ResultSet rows = statement.executeQuery(BOOKS + check.getValue())) {
                    while (rows.next()) {
                        found.add(check.getKey() + ": " + rows.getString(1));
                    }
                }
            }
        }
        return found;
    }

    /** @return what is wrong, or an empty string */
    private static String check(
            Map<Told, Stored> trades,
            Map<String, Map<MovedGoods.Line, Long>> ledger,
            long removedMillis,
            KnownTrade trade) {
        String id = TradeIds.text(trade.offer().getTradeId());
        Stored stored = trades.get(new Told(trade.from(), id));
        if (stored == null) {
            return "not in the store";
        }
        if (stored.outcome() != trade.outcome().getNumber()) {
            return "ended with outcome " + stored.outcome() + ", but was reported as " + trade.outcome();
        }
        if (!stored.to().equals(trade.offer().getTo())
                || !stored.goods()
                        .equals(text(trade.offer().getGive()) + " "
                                + text(trade.offer().getWant()))) {
            return "has other terms";
        }
        Map<MovedGoods.Line, Long> due = trade.outcome() == TradeOutcome.COMMITTED
                ? MovedGoods.of(stored.proposer(), stored.partner(), trade.offer())
                : Map.of();
        Map<MovedGoods.Line, Long> moved = ledger.getOrDefault(stored.entry(id), Map.of());
        boolean mayBeArchived = moved.isEmpty() && stored.atMillis() <= removedMillis;
        return moved.equals(due) || mayBeArchived ? "" : TWICE;
    }

    /** As the server notes goods: {@code gold=30,potion=1,#17}, counts before items, each in order. */
    private static String text(Goods goods) {
        Stream<String> stacks = goods.getStacksList().stream()
                .sorted(Comparator.comparing(Stack::getKind))
                .map(stack -> stack.getKind() + "=" + stack.getCount());
        Stream<String> items = goods.getItemIdsList().stream().sorted().map(id -> "#" + id);
        return Stream.concat(stacks, items).collect(Collectors.joining(","));
    }

    /**
     * How trades ended. The memo of a trade: outcome, reason, room, fence, proposer's name, partner's number and name, what
     * the proposer gives, wants. All are read in one pass, because the time in an id, by which they are found, need not be
     * known here.
     */
    private static Map<Told, Stored> trades(Connection connection) throws SQLException {
        Map<Told, Stored> trades = new HashMap<>();
        String find = "SELECT id, reason, CAST(memo AS TEXT), at_ms FROM outcome WHERE id LIKE 'trade:%'";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(find)) {
            while (row.next()) {
                String id = row.getString(1);
                int dash = id.indexOf('-');
                String[] memo = row.getString(3).split(" ", -1);
                boolean isRefused = row.getInt(2) != 0;
                trades.put(
                        new Told(memo[4], id.substring(dash + 1)),
                        new Stored(
                                Long.parseLong(id.substring("trade:".length(), dash)),
                                Long.parseLong(memo[5]),
                                memo[6],
                                memo[7] + " " + memo[8],
                                isRefused ? TradeOutcome.FAILED_VALUE : Integer.parseInt(memo[0]),
                                row.getLong(4)));
            }
        }
        return trades;
    }

    /** The latest date of an entry that has left the ledger, or may have; -1 if none has. */
    private static long removedMillis(Connection connection) throws SQLException {
        String find = "SELECT ifnull(max(newest_ms), -1) FROM segment, sealing WHERE first <= removed";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(find)) {
            return row.next() ? row.getLong(1) : -1;
        }
    }

    /** What moved, by ledger entry. All are read in one pass: the ledger has no index by entry. */
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
