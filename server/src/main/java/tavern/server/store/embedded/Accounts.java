package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tavern.server.game.PlayerId;
import tavern.server.store.PlayerRecord;

/**
 * The players that transactions work on. Kept in memory, the longest unused forgotten first; a count that changes many
 * times in a transaction is written once, before its commit.
 */
final class Accounts {
    private static final int KEPT_MAX = 10_000;

    private final Map<PlayerId, Account> byId = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, Account> byName = new HashMap<>();
    private final Set<Account> changed = new LinkedHashSet<>();
    private final PlayerQueries queries;
    private final PreparedStatement insert;
    private final BulkInsert counts;
    private final PreparedStatement removeCount;
    private final PreparedStatement setPlayer;
    private final PreparedStatement setOwner;

    Accounts(Connection connection) throws SQLException {
        queries = new PlayerQueries(connection);
        insert = connection.prepareStatement("INSERT INTO player (name, version, created_ms) VALUES (?, 0, ?)");
        counts = BulkInsert.upsert(
                connection,
                "ON CONFLICT (player, kind) DO UPDATE SET count = excluded.count",
                "balance",
                "player",
                "kind",
                "count");
        removeCount = connection.prepareStatement("DELETE FROM balance WHERE player = ? AND kind = ?");
        setPlayer = connection.prepareStatement(
                "UPDATE player SET version = ?, banned_until_ms = ?, muted_until_ms = ?, ban_reason = ? WHERE id = ?");
        setOwner = connection.prepareStatement("UPDATE item SET owner = ? WHERE id = ?");
    }

    @Nullable
    Account find(PlayerId id) throws SQLException {
        Account known = byId.get(id);
        return known != null ? known : keep(queries.byId(id));
    }

    @Nullable
    Account find(String name) throws SQLException {
        Account known = byName.get(name);
        return known != null ? known : keep(queries.byName(name));
    }

    Account require(PlayerId id) throws SQLException, Refusal {
        Account account = find(id);
        if (account == null) {
            throw Refusal.illegal("there is no player " + id);
        }
        return account;
    }

    Account create(String name, long nowMillis) throws SQLException {
        insert.setString(1, name);
        insert.setLong(2, nowMillis);
        insert.executeUpdate();
        return keep(queries.byName(name).orElseThrow());
    }

    /** Has what changed in it, but for owners of items, written before the commit. */
    void changed(Account account) {
        changed.add(account);
    }

    /** @param owner 0: nobody */
    void setOwner(Collection<Long> items, long owner) throws SQLException {
        for (long item : items) {
            setOwner.setLong(1, owner);
            setOwner.setLong(2, item);
            setOwner.executeUpdate();
        }
    }

    void flush() throws SQLException {
        for (Account account : changed) {
            writePlayer(account.stored(), account.id());
            for (String kind : account.changedKinds()) {
                writeCount(account.id(), kind, account.count(kind));
            }
            account.changedKinds().clear();
        }
        counts.flush();
        changed.clear();
    }

    private void writePlayer(PlayerRecord record, long id) throws SQLException {
        setPlayer.setLong(1, record.inventory().version());
        setPlayer.setLong(2, record.bannedUntilMillis());
        setPlayer.setLong(3, record.mutedUntilMillis());
        setPlayer.setString(4, record.banReason());
        setPlayer.setLong(5, id);
        setPlayer.executeUpdate();
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

    /** Between transactions only: what is forgotten must have been written. */
    void trim() {
        Iterator<Account> oldest = byId.values().iterator();
        while (byId.size() > KEPT_MAX) {
            byName.remove(oldest.next().player().name());
            oldest.remove();
        }
    }

    private @Nullable Account keep(Optional<PlayerRecord> stored) {
        return stored.map(this::keep).orElse(null);
    }

    private Account keep(PlayerRecord stored) {
        Account account = new Account(stored);
        byId.put(account.player().id(), account);
        byName.put(account.player().name(), account);
        return account;
    }
}
