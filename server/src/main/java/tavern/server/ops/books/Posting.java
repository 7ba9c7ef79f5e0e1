package tavern.server.ops.books;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tavern.server.game.Goods;
import tavern.server.game.Player;
import tavern.server.store.AuditEntry;
import tavern.server.store.GoodsText;
import tavern.server.store.LedgerEntry;

/** Writes entries of the ledger, and operators' deeds, into the books. */
final class Posting {
    static final long MINT = 0;

    /** Instead of a kind: items are counted together. */
    static final String ITEMS = "#";

    private static final int NAMES_KNOWN_MAX = 10_000;

    private final PreparedStatement player;
    private final PreparedStatement entry;
    private final PreparedStatement playerEntry;
    private final PreparedStatement itemEntry;
    private final PreparedStatement stack;
    private final PreparedStatement newItem;
    private final PreparedStatement owner;
    private final PreparedStatement grant;
    private final PreparedStatement deed;
    private final Set<Long> named = new HashSet<>();
    private final SortedMap<String, BigInteger> granted = new TreeMap<>();

    Posting(Connection connection) throws SQLException {
        player = connection.prepareStatement("INSERT OR IGNORE INTO player (id, name) VALUES (?, ?)");
        entry = connection.prepareStatement(
                "INSERT INTO entry (number, reference, account, other, room, gave, got, at_ms)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        playerEntry = connection.prepareStatement("INSERT INTO player_entry (player, at_ms, number) VALUES (?, ?, ?)");
        itemEntry = connection.prepareStatement("INSERT INTO item_entry (item, number) VALUES (?, ?)");
        stack = connection.prepareStatement("INSERT INTO stack (player, kind, count) VALUES (?, ?, ?)"
                + " ON CONFLICT (player, kind) DO UPDATE SET count = count + excluded.count");
        newItem = connection.prepareStatement("INSERT INTO item (id, kind, owner) VALUES (?, ?, ?)");
        owner = connection.prepareStatement("UPDATE item SET owner = ? WHERE id = ?");
        grant = connection.prepareStatement("INSERT INTO granted (kind, count) VALUES (?, ?)"
                + " ON CONFLICT (kind) DO UPDATE SET count = excluded.count");
        deed = connection.prepareStatement("INSERT INTO deed (target, at_ms, seq, text) VALUES (?, ?, ?, ?)");
        try (PreparedStatement all = connection.prepareStatement("SELECT kind, count FROM granted");
                ResultSet rows = all.executeQuery()) {
            while (rows.next()) {
                granted.put(rows.getString(1), new BigInteger(rows.getString(2)));
            }
        }
    }

    /** What came out of the mint and did not go back, by kind; under {@link #ITEMS} how many items. */
    SortedMap<String, BigInteger> granted() {
        return granted;
    }

    void post(LedgerEntry it, long number) throws SQLException {
        Player other = it.other();
        long from = it.account().id().value();
        long to = other == null ? MINT : other.id().value();
        name(it.account());
        write(playerEntry, from, it.atMillis(), number);
        if (other != null) {
            name(other);
            write(playerEntry, to, it.atMillis(), number);
        }
        write(
                entry,
                number,
                it.reference(),
                from,
                to,
                it.room() == null ? "" : it.room().name(),
                GoodsText.of(it.gave()),
                GoodsText.of(it.got()),
                it.atMillis());
        // Both give before either receives: a count may pass its limit in between only.
        change(from, it.gave(), -1);
        change(to, it.got(), -1);
        change(from, it.got(), 1);
        change(to, it.gave(), 1);
        for (Map.Entry<Long, String> made : it.made().entrySet()) {
            write(newItem, made.getKey(), made.getValue(), from);
        }
        hand(it.gave(), to, number);
        hand(it.got(), from, number);
        if (!it.isTrade()) {
            count(it.got(), 1);
            count(it.gave(), -1);
        }
    }

    private void name(Player named) throws SQLException {
        if (this.named.size() >= NAMES_KNOWN_MAX) {
            this.named.clear();
        }
        if (this.named.add(named.id().value())) {
            write(player, named.id().value(), named.name());
        }
    }

    private void change(long whose, Goods goods, int sign) throws SQLException {
        if (whose != MINT) {
            for (Map.Entry<String, Long> each : goods.stacks().entrySet()) {
                write(stack, whose, each.getKey(), sign * each.getValue());
            }
        }
    }

    private void hand(Goods goods, long to, long number) throws SQLException {
        for (long item : goods.items()) {
            write(owner, to, item);
            write(itemEntry, item, number);
        }
    }

    private void count(Goods goods, int sign) throws SQLException {
        for (Map.Entry<String, Long> each : goods.stacks().entrySet()) {
            count(each.getKey(), sign * each.getValue());
        }
        if (!goods.items().isEmpty()) {
            count(ITEMS, sign * (long) goods.items().size());
        }
    }

    private void count(String kind, long more) throws SQLException {
        BigInteger sum = granted.getOrDefault(kind, BigInteger.ZERO).add(BigInteger.valueOf(more));
        granted.put(kind, sum);
        write(grant, kind, sum.toString());
    }

    void post(AuditEntry it) throws SQLException {
        String text = it.operator() + ": " + it.action() + ": " + it.result() + " (because: " + it.reason() + ")";
        write(deed, it.target(), it.atMillis(), it.seq(), text);
    }

    private static void write(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        statement.executeUpdate();
    }
}
