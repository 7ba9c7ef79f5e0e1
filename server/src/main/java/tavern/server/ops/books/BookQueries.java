package tavern.server.ops.books;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tavern.server.game.Goods;
import tavern.server.game.PlayerId;
import tavern.server.game.SettledTrade;
import tavern.server.store.GoodsText;

/** What can be asked of the books. The thread of the books'. */
public final class BookQueries {
    private static final int LINEAGE_MAX = 1_000;

    private static final String SELECT =
            "SELECT entry.number, reference, account.name, ifnull(other.name, ''), room, gave,"
                    + " got, entry.at_ms FROM entry JOIN player AS account ON account.id = account"
                    + " LEFT JOIN player AS other ON other.id = other ";

    private final PreparedStatement newest;
    private final PreparedStatement ofPlayer;
    private final PreparedStatement tradesOfPlayer;
    private final PreparedStatement ofItem;
    private final PreparedStatement lineage;
    private final PreparedStatement moves;
    private final PreparedStatement at;
    private final PreparedStatement numberOf;
    private final PreparedStatement kind;
    private final PreparedStatement item;
    private final PreparedStatement deeds;

    BookQueries(Connection connection) throws SQLException {
        newest = connection.prepareStatement(
                SELECT + "WHERE entry.number < ? AND other <> 0 ORDER BY entry.number DESC LIMIT ?");
        String mine = SELECT + "JOIN player_entry AS mine ON mine.number = entry.number WHERE mine.player = ?"
                + " AND (mine.at_ms, mine.number) < (?, ?)";
        String newestFirst = " ORDER BY mine.at_ms DESC, mine.number DESC LIMIT ?";
        ofPlayer = connection.prepareStatement(mine + newestFirst);
        tradesOfPlayer = connection.prepareStatement(mine + " AND other <> 0" + newestFirst);
        String its = SELECT + "JOIN item_entry AS its ON its.number = entry.number WHERE its.item = ?";
        ofItem = connection.prepareStatement(its + " AND its.number < ? AND other <> 0 AND (? = 0 OR account = ?"
                + " OR other = ?) ORDER BY its.number DESC LIMIT ?");
        lineage = connection.prepareStatement(
                its + " AND its.number IN (SELECT min(number) FROM item_entry WHERE item = ?"
                        + " UNION SELECT * FROM (SELECT number FROM item_entry WHERE item = ? ORDER BY number DESC LIMIT "
                        + LINEAGE_MAX + ")) ORDER BY its.number");
        moves = connection.prepareStatement("SELECT count(*) FROM item_entry WHERE item = ?");
        at = connection.prepareStatement("SELECT at_ms FROM entry WHERE number = ?");
        numberOf = connection.prepareStatement("SELECT entry.number FROM player_entry AS mine"
                + " JOIN entry ON entry.number = mine.number"
                + " WHERE mine.player = ? AND mine.at_ms = ? AND reference = ? AND other <> 0");
        kind = connection.prepareStatement("SELECT kind FROM item WHERE id = ?");
        item = connection.prepareStatement(
                "SELECT kind, ifnull(name, '') FROM item LEFT JOIN player ON player.id = owner WHERE item.id = ?");
        deeds = connection.prepareStatement(
                "SELECT seq, at_ms, text FROM deed WHERE target = ? AND at_ms < ? ORDER BY at_ms DESC, seq DESC LIMIT ?");
    }

    /** Trades before the entry with this number, the newest first. */
    public List<BookEntry> trades(long before, int max) throws SQLException {
        newest.setLong(1, before);
        newest.setInt(2, max);
        return entries(newest);
    }

    /** The player's trades, likewise. */
    public List<BookEntry> tradesOf(PlayerId player, long before, int max) throws SQLException {
        tradesOfPlayer.setLong(1, player.value());
        tradesOfPlayer.setLong(2, atMillis(before));
        tradesOfPlayer.setLong(3, before);
        tradesOfPlayer.setInt(4, max);
        return entries(tradesOfPlayer);
    }

    private long atMillis(long number) throws SQLException {
        at.setLong(1, number);
        try (ResultSet row = at.executeQuery()) {
            return row.next() ? row.getLong(1) : Long.MAX_VALUE;
        }
    }

    /** Which entry a trade is; 0: it moved nothing, or the books do not go so far yet. */
    public long numberOf(SettledTrade trade) throws SQLException {
        numberOf.setLong(1, trade.id().proposer().value());
        numberOf.setLong(2, trade.atMillis());
        numberOf.setString(3, trade.id().toString());
        try (ResultSet row = numberOf.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** The item's trades, likewise. @param player one of its sides; 0: whoever */
    public List<BookEntry> tradesOf(long item, long player, long before, int max) throws SQLException {
        ofItem.setLong(1, item);
        ofItem.setLong(2, before);
        ofItem.setLong(3, player);
        ofItem.setLong(4, player);
        ofItem.setLong(5, player);
        ofItem.setInt(6, max);
        return entries(ofItem);
    }

    /** The player's trades and grants before this moment, the newest first. */
    public List<BookEntry> entriesOf(PlayerId player, long beforeMillis, int max) throws SQLException {
        ofPlayer.setLong(1, player.value());
        ofPlayer.setLong(2, beforeMillis);
        ofPlayer.setLong(3, 0);
        ofPlayer.setInt(4, max);
        return entries(ofPlayer);
    }

    /** Operators' orders about whoever has this name, before this moment, the newest first. */
    public List<BookDeed> deeds(String target, long beforeMillis, int max) throws SQLException {
        deeds.setString(1, target);
        deeds.setLong(2, beforeMillis);
        deeds.setInt(3, max);
        List<BookDeed> found = new ArrayList<>();
        try (ResultSet rows = deeds.executeQuery()) {
            while (rows.next()) {
                found.add(new BookDeed(rows.getLong(1), rows.getLong(2), rows.getString(3)));
            }
        }
        return found;
    }

    public Optional<BookItem> item(long id) throws SQLException {
        item.setLong(1, id);
        try (ResultSet row = item.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            lineage.setLong(1, id);
            lineage.setLong(2, id);
            lineage.setLong(3, id);
            List<BookEntry> entries = entries(lineage);
            return Optional.of(
                    new BookItem(id, row.getString(1), row.getString(2), moves(id) - entries.size(), entries));
        }
    }

    private long moves(long item) throws SQLException {
        moves.setLong(1, item);
        try (ResultSet row = moves.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** With the kinds of its items; empty kinds for those that the books do not know. */
    public KnownGoods known(Goods goods) throws SQLException {
        SortedMap<Long, String> items = new TreeMap<>();
        for (long id : goods.items()) {
            kind.setLong(1, id);
            try (ResultSet row = kind.executeQuery()) {
                items.put(id, row.next() ? row.getString(1) : "");
            }
        }
        return new KnownGoods(goods.stacks(), Collections.unmodifiableSortedMap(items));
    }

    private List<BookEntry> entries(PreparedStatement query) throws SQLException {
        List<BookEntry> entries = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                entries.add(new BookEntry(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        known(GoodsText.parse(row.getString(6)).goods()),
                        known(GoodsText.parse(row.getString(7)).goods()),
                        row.getLong(8)));
            }
        }
        return entries;
    }
}
