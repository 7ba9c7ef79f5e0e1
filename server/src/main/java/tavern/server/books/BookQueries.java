package tavern.server.books;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import tavern.game.AccountId;
import tavern.game.Goods;
import tavern.game.PlayerId;
import tavern.server.game.SettledTrade;
import tavern.server.game.TradeId;
import tavern.server.store.GrantTransactions;
import tavern.server.store.LedgerLeg;
import tavern.server.store.LegsText;
import tavern.server.store.TradeTransactions;

/** Queries on the books. Confined to the books' thread. */
public final class BookQueries {
    private static final int LINEAGE_MAX = 1_000;
    private static final int KINDS_MAX = 1_000;

    /** How many of the proposer's trades are searched for one, on either side of the time of its id. */
    private static final int NEAR_MAX = 1_000;

    /** A trade is booked after its id was made, except as far as clocks differ. */
    private static final long CLOCKS_DIFFER_MILLIS_MAX = TimeUnit.DAYS.toMillis(1);

    private static final String TRADES = "entry.kind = '" + BookEntry.TRADE + "'";

    private static final String SELECT =
            "SELECT entry.number, entry.id, entry.kind, room, legs, entry.at_ms FROM entry ";

    private final PreparedStatement newest;
    private final PreparedStatement ofPlayer;
    private final PreparedStatement tradesOfPlayer;
    private final PreparedStatement ofItem;
    private final PreparedStatement lineage;
    private final PreparedStatement moves;
    private final PreparedStatement at;
    private final PreparedStatement numberOf;
    private final PreparedStatement ofTrade;
    private final PreparedStatement ofGrant;
    private final PreparedStatement archived;
    private final PreparedStatement name;
    private final PreparedStatement kind;
    private final PreparedStatement item;
    private final PreparedStatement deeds;
    private final PreparedStatement stackKinds;
    private final PreparedStatement stackKind;
    private final PreparedStatement itemKinds;
    private final PreparedStatement itemKind;

    BookQueries(Connection connection) throws SQLException {
        newest = connection.prepareStatement(
                SELECT + "WHERE entry.number < ? AND " + TRADES + " ORDER BY entry.number DESC LIMIT ?");
        String mine = SELECT + "JOIN player_entry AS mine ON mine.number = entry.number WHERE mine.player = ?"
                + " AND (mine.at_ms, mine.number) < (?, ?)";
        String newestFirst = " ORDER BY mine.at_ms DESC, mine.number DESC LIMIT ?";
        ofPlayer = connection.prepareStatement(mine + newestFirst);
        tradesOfPlayer = connection.prepareStatement(mine + " AND mine.is_trade = 1" + newestFirst);
        String its = SELECT + "JOIN item_entry AS its ON its.number = entry.number WHERE its.item = ?";
        ofItem = connection.prepareStatement(its + " AND its.number < ? AND " + TRADES
                + " AND (? = 0 OR EXISTS (SELECT 1 FROM player_entry AS mine WHERE mine.player = ?"
                + " AND mine.at_ms = entry.at_ms AND mine.number = entry.number))"
                + " ORDER BY its.number DESC LIMIT ?");
        lineage = connection.prepareStatement(
                its + " AND its.number IN (SELECT min(number) FROM item_entry WHERE item = ?"
                        + " UNION SELECT * FROM (SELECT number FROM item_entry WHERE item = ? ORDER BY number DESC LIMIT "
                        + LINEAGE_MAX + ")) ORDER BY its.number");
        moves = connection.prepareStatement("SELECT count(*) FROM item_entry WHERE item = ?");
        at = connection.prepareStatement("SELECT at_ms FROM entry WHERE number = ?");
        numberOf = connection.prepareStatement("SELECT entry.number FROM player_entry AS mine"
                + " JOIN entry ON entry.number = mine.number"
                + " WHERE mine.player = ? AND mine.at_ms = ? AND entry.id = ?");
        String near = "SELECT number FROM player_entry WHERE player = ?1 AND is_trade = 1 AND at_ms ";
        String first = " LIMIT " + NEAR_MAX;
        ofTrade = connection.prepareStatement(SELECT + "JOIN (SELECT * FROM ("
                + near + ">= ?2 ORDER BY at_ms, number" + first + ") UNION ALL SELECT * FROM ("
                + near + "< ?2 AND at_ms >= ?3 ORDER BY at_ms DESC, number DESC" + first
                + ")) AS near ON entry.number = near.number WHERE entry.id = ?4 LIMIT 1");
        ofGrant =
                connection.prepareStatement("SELECT at_ms FROM old_grant WHERE id = ?1 UNION ALL SELECT * FROM (SELECT"
                        + " at_ms FROM entry WHERE kind = '" + GrantTransactions.KIND
                        + "' AND id = ?1 ORDER BY number LIMIT 1) LIMIT 1");
        archived = connection.prepareStatement(
                "SELECT begins_later OR ifnull((SELECT min(number) FROM entry), 1) > 1 FROM mark");
        name = connection.prepareStatement("SELECT name FROM player WHERE id = ?");
        kind = connection.prepareStatement("SELECT kind FROM item WHERE id = ?");
        item = connection.prepareStatement(
                "SELECT kind, ifnull(name, '') FROM item LEFT JOIN player ON player.id = owner WHERE item.id = ?");
        stackKinds = connection.prepareStatement(
                "SELECT kind FROM granted WHERE kind <> '" + BookBalances.ITEMS + "' ORDER BY kind LIMIT " + KINDS_MAX);
        stackKind = connection.prepareStatement(
                "SELECT 1 FROM granted WHERE kind = ? AND kind <> '" + BookBalances.ITEMS + "'");
        itemKinds = connection.prepareStatement("SELECT kind FROM item_kind ORDER BY kind LIMIT " + KINDS_MAX);
        itemKind = connection.prepareStatement("SELECT 1 FROM item_kind WHERE kind = ?");
        deeds = connection.prepareStatement(
                "SELECT seq, at_ms, text FROM deed WHERE target = ? AND at_ms < ? ORDER BY at_ms DESC, seq DESC LIMIT ?");
    }

    /** Kinds of goods that ever existed; only the first of them if there are very many. */
    public KnownKinds kinds() throws SQLException {
        return new KnownKinds(texts(stackKinds), texts(itemKinds));
    }

    private static SortedSet<String> texts(PreparedStatement query) throws SQLException {
        SortedSet<String> found = new TreeSet<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    /** Returns those of these kinds of stacks that never existed. */
    public SortedSet<String> unknownStacks(SortedSet<String> kinds) throws SQLException {
        return unknown(stackKind, kinds);
    }

    /** Returns those of these kinds of unique items that never existed. */
    public SortedSet<String> unknownItems(SortedSet<String> kinds) throws SQLException {
        return unknown(itemKind, kinds);
    }

    private static SortedSet<String> unknown(PreparedStatement query, SortedSet<String> kinds) throws SQLException {
        SortedSet<String> unknown = new TreeSet<>();
        for (String each : kinds) {
            query.setString(1, each);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    unknown.add(each);
                }
            }
        }
        return unknown;
    }

    /** Returns trades before the entry with this number, the newest first. */
    public List<BookEntry> trades(long before, int max) throws SQLException {
        newest.setLong(1, before);
        newest.setInt(2, max);
        return entries(newest);
    }

    /** Returns the player's trades before the entry with this number, the newest first. */
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

    /** Returns the number of a trade's entry, or 0 if it moved nothing or is not in the books yet. */
    public long numberOf(SettledTrade trade) throws SQLException {
        numberOf.setLong(1, trade.id().proposer().value());
        numberOf.setLong(2, trade.atMillis());
        numberOf.setString(3, BookEntry.TRADE + ":" + trade.id());
        try (ResultSet row = numberOf.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /**
     * Returns the entry of a committed trade; empty if it moved nothing, is not in the books yet, or was booked more than
     * {@value #NEAR_MAX} of its proposer's trades after its id was made.
     */
    public Optional<BookEntry> trade(TradeId id) throws SQLException {
        ofTrade.setLong(1, id.proposer().value());
        ofTrade.setLong(2, id.bornMillis());
        ofTrade.setLong(3, id.bornMillis() - CLOCKS_DIFFER_MILLIS_MAX);
        ofTrade.setString(4, TradeTransactions.id(id).text());
        return entries(ofTrade).stream().findFirst();
    }

    /** Returns the date, in milliseconds, of the first grant that was made under the reference, however long ago. */
    public OptionalLong grant(String reference) throws SQLException {
        ofGrant.setString(1, GrantTransactions.id(reference).text());
        try (ResultSet row = ofGrant.executeQuery()) {
            return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
        }
    }

    /**
     * Returns the item's trades before the entry with this number, the newest first.
     *
     * @param player one of the two parties, or 0 for any
     */
    public List<BookEntry> tradesOf(long item, long player, long before, int max) throws SQLException {
        ofItem.setLong(1, item);
        ofItem.setLong(2, before);
        ofItem.setLong(3, player);
        ofItem.setLong(4, player);
        ofItem.setInt(5, max);
        return entries(ofItem);
    }

    /** Returns the player's entries of every kind before this moment, the newest first. */
    public List<BookEntry> entriesOf(PlayerId player, long beforeMillis, int max) throws SQLException {
        return entriesOf(player, beforeMillis, 0, max);
    }

    /** Of the entries at this moment, returns those before the number. */
    public List<BookEntry> entriesOf(PlayerId player, long beforeMillis, long beforeNumber, int max)
            throws SQLException {
        ofPlayer.setLong(1, player.value());
        ofPlayer.setLong(2, beforeMillis);
        ofPlayer.setLong(3, beforeNumber);
        ofPlayer.setInt(4, max);
        return entries(ofPlayer);
    }

    /** Returns operators' commands about the target with this name before this moment, the newest first. */
    public List<BookedCommand> deeds(String target, long beforeMillis, int max) throws SQLException {
        deeds.setString(1, target);
        deeds.setLong(2, beforeMillis);
        deeds.setInt(3, max);
        List<BookedCommand> found = new ArrayList<>();
        try (ResultSet rows = deeds.executeQuery()) {
            while (rows.next()) {
                found.add(new BookedCommand(rows.getLong(1), rows.getLong(2), rows.getString(3)));
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

    /** Adds the kinds of the items; empty for items that are not in the books. */
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
        Map<Long, String> names = new HashMap<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                String kind = row.getString(3);
                String id = row.getString(2);
                boolean isShort = kind.equals(BookEntry.TRADE) || kind.equals(GrantTransactions.KIND);
                String reference = isShort ? id.substring(id.indexOf(':') + 1) : id;
                entries.add(new BookEntry(
                        row.getLong(1),
                        kind,
                        reference,
                        kind.equals(BookEntry.TRADE) ? proposer(reference, names) : "",
                        row.getString(4),
                        legs(LegsText.parse(row.getString(5)), names),
                        row.getLong(6)));
            }
        }
        return entries;
    }

    private String proposer(String tradeId, Map<Long, String> names) throws SQLException {
        return nameOf(new PlayerId(Long.parseLong(tradeId.substring(0, tradeId.indexOf('-')))), names);
    }

    /** Whether the ledger's first entries are not in the books: they have left the store, or did before the books began. */
    public boolean isArchived() throws SQLException {
        try (ResultSet row = archived.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** Returns the legs with the names of their accounts, as far as the books know them. */
    public List<BookLeg> legs(List<LedgerLeg> legs) throws SQLException {
        return legs(legs, new HashMap<>());
    }

    private List<BookLeg> legs(List<LedgerLeg> ledgerLegs, Map<Long, String> names) throws SQLException {
        List<BookLeg> legs = new ArrayList<>();
        for (LedgerLeg leg : ledgerLegs) {
            SortedMap<Long, String> items = new TreeMap<>(leg.items());
            items.putAll(leg.made());
            legs.add(new BookLeg(
                    nameOf(leg.from(), names),
                    nameOf(leg.to(), names),
                    new KnownGoods(leg.stacks(), Collections.unmodifiableSortedMap(items))));
        }
        return legs;
    }

    /** @param known those that this query has met, by number */
    private String nameOf(AccountId account, Map<Long, String> known) throws SQLException {
        if (!(account instanceof PlayerId id)) {
            return account.toString();
        }
        String found = known.get(id.value());
        if (found == null) {
            name.setLong(1, id.value());
            try (ResultSet row = name.executeQuery()) {
                found = row.next() ? row.getString(1) : "";
            }
            known.put(id.value(), found);
        }
        return found;
    }
}
