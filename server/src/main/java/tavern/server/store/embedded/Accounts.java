package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tavern.game.NamedAccount;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Sanction;

/**
 * The players and named accounts that transactions work on. Kept in memory, and evicted least recently used first. Only
 * counts that are asked for are read, so that a large inventory costs no more than a small one. A count that changes many
 * times in a transaction is written once, before its commit.
 */
final class Accounts {
    /** What is kept of an account takes about this much memory, and so does what is kept of a count, at most. */
    private static final int BYTES_EACH = 512;

    /**
     * Of the heap, an eighth at most: half for accounts, half for the counts of all of them together, since clients choose for
     * which kinds they are read.
     */
    private static final int KEPT_MAX =
            (int) Math.max(10_000, Math.min(1_000_000, Runtime.getRuntime().maxMemory() / 16 / BYTES_EACH));

    private static final String SELECT =
            "SELECT id, name, version, puts, banned_until_ms, muted_until_ms, ban_message FROM player"
                    + " JOIN account USING (id) WHERE ";

    private final Map<PlayerId, AccountState> byId = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, AccountState> byName = new HashMap<>();
    private final Set<AccountState> changed = new LinkedHashSet<>();
    private final PlayerQueries queries;
    private final PreparedStatement selectById;
    private final PreparedStatement selectByName;
    private final PreparedStatement selectCount;
    private final PreparedStatement insert;
    private final PreparedStatement begin;
    private final BulkWrite versions;
    private final BulkWrite counts;
    private final PreparedStatement removeCount;
    private final PreparedStatement sanction;
    private final PreparedStatement rename;
    private final PreparedStatement removeValues;
    private final int keptCountsMax;
    private int keptCounts;

    Accounts(Connection connection) throws SQLException {
        this(connection, KEPT_MAX);
    }

    /** @param keptCountsMax how many counts of all accounts together stay in memory between transactions */
    Accounts(Connection connection, int keptCountsMax) throws SQLException {
        this.keptCountsMax = keptCountsMax;
        queries = new PlayerQueries(connection);
        selectById = connection.prepareStatement(SELECT + "id = ?");
        selectByName = connection.prepareStatement(SELECT + "name = ?");
        selectCount = connection.prepareStatement("SELECT count FROM balance WHERE player = ? AND kind = ?");
        insert = connection.prepareStatement("INSERT INTO player (name, created_ms) VALUES (?, ?)");
        begin = connection.prepareStatement(
                "INSERT INTO account (id, version, puts) VALUES (last_insert_rowid(), 0, 0)");
        counts = BulkWrite.upsert(
                connection,
                "ON CONFLICT (player, kind) DO UPDATE SET count = excluded.count",
                "balance",
                "player",
                "kind",
                "count");
        removeCount = connection.prepareStatement("DELETE FROM balance WHERE player = ? AND kind = ?");
        versions = BulkWrite.replace(connection, "account", "id", "version", "puts");
        sanction = connection.prepareStatement(
                "UPDATE player SET banned_until_ms = ?, muted_until_ms = ?, ban_message = ? WHERE id = ?");
        rename = connection.prepareStatement("UPDATE player SET name = ?, ban_message = '' WHERE id = ?");
        removeValues = connection.prepareStatement("DELETE FROM kept WHERE player = ?");
    }

    /** Returns the player, or null if there is none; never a named account, which has a number too. */
    @Nullable
    AccountState find(PlayerId id) throws SQLException {
        AccountState known = byId.get(id);
        if (known == null) {
            selectById.setLong(1, id.value());
            known = load(selectById);
        }
        return known == null || known.player().name().startsWith(NamedAccount.SIGN) ? null : known;
    }

    @Nullable
    AccountState find(NamedAccount account) throws SQLException {
        return find(account.toString());
    }

    /** @param name of a player, or of a named account with its sign */
    @Nullable
    AccountState find(String name) throws SQLException {
        AccountState known = byName.get(name);
        if (known == null) {
            selectByName.setString(1, name);
            known = load(selectByName);
        }
        return known;
    }

    AccountState require(PlayerId id) throws SQLException, OperationRefusedException {
        AccountState account = find(id);
        if (account == null) {
            throw OperationRefusedException.illegal("there is no player " + id);
        }
        return account;
    }

    AccountState create(String name, long nowMillis) throws SQLException {
        insert.setString(1, name);
        insert.setLong(2, nowMillis);
        insert.executeUpdate();
        begin.executeUpdate();
        AccountState created = find(name);
        if (created == null) {
            throw new IllegalStateException("the account " + name + " was not created");
        }
        return created;
    }

    long count(AccountState account, String kind) throws SQLException {
        long known = account.knownCount(kind);
        if (known != KindCounts.UNKNOWN) {
            return known;
        }
        selectCount.setLong(1, account.id());
        selectCount.setString(2, kind);
        try (ResultSet row = selectCount.executeQuery()) {
            long count = row.next() ? row.getLong(1) : 0;
            account.know(kind, count);
            keptCounts++;
            return count;
        }
    }

    /** The whole account with its inventory; takes time in proportion to what it has. */
    PlayerRecord record(AccountState account) throws SQLException {
        if (changed.contains(account)) {
            flush();
        }
        return queries.byId(account.player().id()).orElseThrow();
    }

    /** Notes that the account has changes, which are written before the commit. */
    void changed(AccountState account) {
        changed.add(account);
    }

    void flush() throws SQLException {
        // In the order in which they are kept: what is on one page of the file is written together.
        List<AccountState> inOrder = new ArrayList<>(changed);
        inOrder.sort(Comparator.comparingLong(AccountState::id));
        for (AccountState account : inOrder) {
            versions.add(account.id(), account.version(), account.puts());
            account.takeChanged((kind, count) -> writeCount(account.id(), kind, count));
        }
        versions.flush();
        counts.flush();
        changed.clear();
    }

    private void writeCount(long id, String kind, long count) throws SQLException {
        if (count != 0) {
            counts.add(id, kind, count);
            return;
        }
        removeCount.setLong(1, id);
        removeCount.setString(2, kind);
        removeCount.executeUpdate();
    }

    /** Writes the sanction at once; sanctions are rare, and so are not written with each change of goods. */
    void sanction(AccountState account, Sanction by) throws SQLException {
        account.change(by);
        Sanction ban = account.sanction(Sanction.Kind.BAN);
        sanction.setLong(1, ban.untilMillis());
        sanction.setLong(2, account.sanction(Sanction.Kind.MUTE).untilMillis());
        sanction.setString(3, ban.message());
        sanction.setLong(4, account.id());
        sanction.executeUpdate();
    }

    /** Replaces the player's name, and removes the message of a ban and the durable values. */
    void erase(AccountState account, String replacement) throws SQLException {
        // Changes that are not written yet must not bring back what is removed here.
        flush();
        rename.setString(1, replacement);
        rename.setLong(2, account.id());
        rename.executeUpdate();
        removeValues.setLong(1, account.id());
        removeValues.executeUpdate();
        AccountState known = byId.remove(account.player().id());
        if (known != null) {
            byName.remove(known.player().name());
            keptCounts -= known.knownCounts();
        }
    }

    /** Evicts accounts. Called between transactions only, because evicted accounts must have been written. */
    void trim() {
        Iterator<AccountState> oldest = byId.values().iterator();
        while (oldest.hasNext() && (byId.size() > KEPT_MAX || keptCounts > keptCountsMax)) {
            AccountState evicted = oldest.next();
            byName.remove(evicted.player().name());
            keptCounts -= evicted.knownCounts();
            oldest.remove();
        }
    }

    /** How many counts are kept in memory. */
    int keptCounts() {
        return keptCounts;
    }

    private @Nullable AccountState load(PreparedStatement query) throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                return null;
            }
            AccountState account = new AccountState(
                    new Player(new PlayerId(row.getLong(1)), row.getString(2)),
                    row.getLong(3),
                    row.getLong(4),
                    new Sanction(Sanction.Kind.BAN, row.getLong(5), row.getString(7)),
                    new Sanction(Sanction.Kind.MUTE, row.getLong(6), ""));
            byId.put(account.player().id(), account);
            byName.put(account.player().name(), account);
            return account;
        }
    }
}
