package tavern.server.books;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import tavern.game.PlayerId;
import tavern.server.game.Inventory;
import tavern.server.store.Holdings;

/** One pass over all players: compares what they own with what they should own. Confined to the books' thread. */
final class Comparison {
    private static final int PROBLEMS_MAX = 100;

    private final SortedMap<String, BigInteger> differences = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private long through;
    private long players;

    /** The last player that was compared. */
    long through() {
        return through;
    }

    long players() {
        return players;
    }

    /** The surplus over what there should be, by kind; {@link BookBalances#ITEMS} for items. */
    SortedMap<String, BigInteger> differences() {
        return differences;
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    /** @param connection to books that go up to exactly the entry at which the holdings were read */
    void add(Holdings holdings, Connection connection) throws SQLException {
        Map<Long, SortedMap<String, Long>> stacks = stacks(connection, holdings.through());
        Map<Long, SortedMap<Long, String>> items = items(connection, holdings.through());
        SortedSet<Long> all = new TreeSet<>(stacks.keySet());
        all.addAll(items.keySet());
        holdings.inventories().keySet().forEach(id -> all.add(id.value()));
        holdings.unreadable().forEach(this::problem);
        for (long id : all) {
            Inventory held = holdings.inventories().get(new PlayerId(id));
            if (held == null) {
                problem("player " + id + " is missing, or cannot be read");
            }
            compare(
                    id,
                    held == null ? Inventory.EMPTY : held,
                    stacks.getOrDefault(id, new TreeMap<>()),
                    items.getOrDefault(id, new TreeMap<>()));
        }
        players += holdings.inventories().size();
        through = holdings.through();
    }

    private void compare(long player, Inventory held, SortedMap<String, Long> stacks, SortedMap<Long, String> items) {
        SortedSet<String> kinds = new TreeSet<>(stacks.keySet());
        kinds.addAll(held.stacks().keySet());
        for (String kind : kinds) {
            long count = held.count(kind);
            long says = stacks.getOrDefault(kind, 0L);
            if (count != says) {
                problem("player " + player + " has " + count + " " + kind + ", the ledger says " + says);
                differ(kind, BigInteger.valueOf(count).subtract(BigInteger.valueOf(says)));
            }
        }
        SortedSet<Long> ids = new TreeSet<>(items.keySet());
        ids.addAll(held.items().keySet());
        for (long id : ids) {
            String kind = held.items().get(id);
            String says = items.get(id);
            if (!Objects.equals(kind, says)) {
                problem("player " + player + (kind == null ? " has not got" : " has") + " item " + id
                        + (kind == null ? "" : " as " + kind)
                        + (says == null ? ", the ledger says nothing of it" : ", the ledger says as " + says));
            }
        }
        differ(BookBalances.ITEMS, BigInteger.valueOf((long) held.items().size() - items.size()));
    }

    private void differ(String kind, BigInteger more) {
        if (more.signum() != 0) {
            differences.merge(kind, more, BigInteger::add);
        }
    }

    private void problem(String text) {
        if (problems.size() < PROBLEMS_MAX) {
            problems.add(text);
        }
    }

    private Map<Long, SortedMap<String, Long>> stacks(Connection connection, long last) throws SQLException {
        Map<Long, SortedMap<String, Long>> found = new HashMap<>();
        try (PreparedStatement query = connection.prepareStatement(
                        "SELECT player, kind, count FROM stack WHERE player > ? AND player <= ? AND count <> 0");
                ResultSet rows = of(query, last)) {
            while (rows.next()) {
                found.computeIfAbsent(rows.getLong(1), id -> new TreeMap<>()).put(rows.getString(2), rows.getLong(3));
            }
        }
        return found;
    }

    private Map<Long, SortedMap<Long, String>> items(Connection connection, long last) throws SQLException {
        Map<Long, SortedMap<Long, String>> found = new HashMap<>();
        try (PreparedStatement query =
                        connection.prepareStatement("SELECT owner, id, kind FROM item WHERE owner > ? AND owner <= ?");
                ResultSet rows = of(query, last)) {
            while (rows.next()) {
                found.computeIfAbsent(rows.getLong(1), id -> new TreeMap<>()).put(rows.getLong(2), rows.getString(3));
            }
        }
        return found;
    }

    private ResultSet of(PreparedStatement query, long last) throws SQLException {
        query.setLong(1, through);
        query.setLong(2, last);
        return query.executeQuery();
    }
}
