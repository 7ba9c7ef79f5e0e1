package tavern.server.books;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tavern.game.AccountId;
import tavern.game.Mint;
import tavern.game.PlayerId;
import tavern.server.store.GrantTransactions;
import tavern.server.store.LedgerLeg;
import tavern.server.store.LedgerPosition;
import tavern.server.store.LegsText;

/** Removes from the books what has left the ledger, so that they are bounded as it is. What accounts own stays. */
final class Trim {
    private final PreparedStatement oldest;
    private final PreparedStatement entry;
    private final PreparedStatement playerEntry;
    private final PreparedStatement itemEntry;
    private final PreparedStatement burnt;
    private final PreparedStatement oldGrant;

    private record Old(long number, long atMillis, String legs, String id, String kind) {}

    Trim(Connection connection) throws SQLException {
        oldest = connection.prepareStatement(
                "SELECT number, position, at_ms, legs, id, kind FROM entry ORDER BY number LIMIT ?");
        oldGrant = connection.prepareStatement("INSERT OR IGNORE INTO old_grant (id, at_ms) VALUES (?, ?)");
        entry = connection.prepareStatement("DELETE FROM entry WHERE number = ?");
        playerEntry =
                connection.prepareStatement("DELETE FROM player_entry WHERE player = ? AND at_ms = ? AND number = ?");
        itemEntry = connection.prepareStatement("DELETE FROM item_entry WHERE item = ? AND number = ?");
        burnt = connection.prepareStatement("DELETE FROM item WHERE id = ? AND owner = 0");
    }

    /**
     * Removes entries from before a position.
     *
     * @return how many
     */
    int before(String position, int max) throws SQLException {
        LedgerPosition end = LedgerPosition.of(position);
        List<Old> old = new ArrayList<>();
        oldest.setInt(1, max);
        try (ResultSet row = oldest.executeQuery()) {
            while (row.next() && end.isAfter(row.getString(2))) {
                old.add(new Old(row.getLong(1), row.getLong(3), row.getString(4), row.getString(5), row.getString(6)));
            }
        }
        for (Old each : old) {
            remove(each);
        }
        return old.size();
    }

    private void remove(Old old) throws SQLException {
        Set<Long> accounts = new TreeSet<>();
        for (LedgerLeg leg : LegsText.parse(old.legs)) {
            add(leg.from(), accounts);
            add(leg.to(), accounts);
            Set<Long> items = new TreeSet<>(leg.items().keySet());
            items.addAll(leg.made().keySet());
            for (long item : items) {
                Posting.write(itemEntry, item, old.number);
                if (leg.to() instanceof Mint) {
                    Posting.write(burnt, item);
                }
            }
        }
        for (long account : accounts) {
            Posting.write(playerEntry, account, old.atMillis, old.number);
        }
        if (old.kind.equals(GrantTransactions.KIND)) {
            Posting.write(oldGrant, old.id, old.atMillis);
        }
        Posting.write(entry, old.number);
    }

    private static void add(AccountId account, Set<Long> accounts) {
        if (account instanceof PlayerId player) {
            accounts.add(player.value());
        }
    }
}
