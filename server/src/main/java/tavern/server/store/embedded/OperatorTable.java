package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.server.store.OperatorAccount;
import tavern.server.store.OperatorAnswer;
import tavern.server.store.OperatorKey;
import tavern.server.store.OperatorStore;

/** Operators' accounts, sessions and tokens. */
final class OperatorTable {
    private static final String ACCOUNT = "name, version, roles, disabled, until_ms, made_ms, made_by, password, totp,"
            + " totp_step, recovery, signed_in_ms, signed_in_from";
    private static final String KEY = "hash, operator, kind, label, made_ms, until_ms, used_ms, address";

    private final PreparedStatement accounts;
    private final PreparedStatement keys;
    private final PreparedStatement version;
    private final PreparedStatement otherAccounts;
    private final PreparedStatement countKeys;
    private final PreparedStatement put;
    private final PreparedStatement remove;
    private final PreparedStatement addKey;
    private final PreparedStatement useKey;
    private final PreparedStatement endKey;

    OperatorTable(Connection connection) throws SQLException {
        accounts = connection.prepareStatement("SELECT " + ACCOUNT + " FROM operator ORDER BY name");
        keys = connection.prepareStatement("SELECT " + KEY + " FROM operator_key");
        version = connection.prepareStatement("SELECT version FROM operator WHERE name = ?");
        otherAccounts = connection.prepareStatement("SELECT count(*) FROM operator WHERE name <> ?");
        countKeys = connection.prepareStatement("SELECT count(*) FROM operator_key");
        put = connection.prepareStatement(
                "INSERT OR REPLACE INTO operator (" + ACCOUNT + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        remove = connection.prepareStatement("DELETE FROM operator WHERE name = ?");
        addKey = connection.prepareStatement("INSERT INTO operator_key (" + KEY + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        useKey = connection.prepareStatement("UPDATE operator_key SET used_ms = max(used_ms, ?) WHERE hash = ?");
        endKey = connection.prepareStatement("DELETE FROM operator_key WHERE hash = ?");
    }

    OperatorAnswer put(OperatorAccount next, long seenVersion, @Nullable OperatorKey added, Collection<String> ended)
            throws SQLException {
        if (version(next.name()) != seenVersion) {
            return OperatorAnswer.CHANGED;
        }
        otherAccounts.setString(1, next.name());
        if (number(otherAccounts) >= OperatorStore.ACCOUNTS_MAX) {
            return OperatorAnswer.TOO_MANY;
        }
        end(ended);
        if (added != null) {
            if (number(countKeys) >= OperatorStore.KEYS_MAX) {
                return OperatorAnswer.TOO_MANY;
            }
            add(added);
        }
        write(next);
        return OperatorAnswer.DONE;
    }

    boolean remove(String name, long seenVersion, Collection<String> ended) throws SQLException {
        if (seenVersion == 0 || version(name) != seenVersion) {
            return false;
        }
        end(ended);
        remove.setString(1, name);
        remove.executeUpdate();
        return true;
    }

    void use(String hash, long usedMillis) throws SQLException {
        useKey.setLong(1, usedMillis);
        useKey.setString(2, hash);
        useKey.executeUpdate();
    }

    void end(Collection<String> hashes) throws SQLException {
        for (String hash : hashes) {
            endKey.setString(1, hash);
            endKey.executeUpdate();
        }
    }

    List<OperatorAccount> accounts() throws SQLException {
        List<OperatorAccount> found = new ArrayList<>();
        try (ResultSet row = accounts.executeQuery()) {
            while (row.next()) {
                found.add(new OperatorAccount(
                        row.getString(1),
                        row.getLong(2),
                        words(row.getString(3)),
                        row.getInt(4) == 1,
                        row.getLong(5),
                        row.getLong(6),
                        row.getString(7),
                        row.getString(8),
                        row.getString(9),
                        row.getLong(10),
                        words(row.getString(11)),
                        row.getLong(12),
                        row.getString(13)));
            }
        }
        return found;
    }

    List<OperatorKey> keys() throws SQLException {
        List<OperatorKey> found = new ArrayList<>();
        try (ResultSet row = keys.executeQuery()) {
            while (row.next()) {
                found.add(new OperatorKey(
                        row.getString(1),
                        row.getString(2),
                        OperatorKey.Kind.valueOf(row.getString(3)),
                        row.getString(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7),
                        row.getString(8)));
            }
        }
        return found;
    }

    private void write(OperatorAccount account) throws SQLException {
        put.setString(1, account.name());
        put.setLong(2, account.version());
        put.setString(3, String.join(" ", account.roles()));
        put.setInt(4, account.disabled() ? 1 : 0);
        put.setLong(5, account.untilMillis());
        put.setLong(6, account.madeMillis());
        put.setString(7, account.madeBy());
        put.setString(8, account.password());
        put.setString(9, account.totp());
        put.setLong(10, account.totpStep());
        put.setString(11, String.join(" ", account.recovery()));
        put.setLong(12, account.signedInMillis());
        put.setString(13, account.signedInFrom());
        put.executeUpdate();
    }

    private void add(OperatorKey key) throws SQLException {
        addKey.setString(1, key.hash());
        addKey.setString(2, key.operator());
        addKey.setString(3, key.kind().name());
        addKey.setString(4, key.label());
        addKey.setLong(5, key.madeMillis());
        addKey.setLong(6, key.untilMillis());
        addKey.setLong(7, key.usedMillis());
        addKey.setString(8, key.address());
        addKey.executeUpdate();
    }

    /** Returns the account's version, or 0 if there is none. */
    private long version(String name) throws SQLException {
        version.setString(1, name);
        try (ResultSet rows = version.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    private static int number(PreparedStatement count) throws SQLException {
        try (ResultSet rows = count.executeQuery()) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
    }
}
