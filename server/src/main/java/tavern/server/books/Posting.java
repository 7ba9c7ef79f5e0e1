package tavern.server.books;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditedOrder;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerLeg;
import tavern.server.store.LegsText;
import tavern.server.store.TransactionId;

/** Writes entries of the ledger and of the audit log into the books. */
final class Posting {
    /** The operators' command after which a player has another name, and how its outcome says so. */
    private static final String ERASE = "erase";

    private static final Pattern ERASED = Pattern.compile("the name is now (\\*erased-([0-9]+)\\*)");
    private static final int NAMES_KNOWN_MAX = 10_000;

    private final PreparedStatement player;
    private final PreparedStatement rename;
    private final PreparedStatement retarget;
    private final PreparedStatement entry;
    private final PreparedStatement playerEntry;
    private final PreparedStatement itemEntry;
    private final PreparedStatement deed;
    private final PreparedStatement endOfDeed;
    private final Set<Long> named = new HashSet<>();
    private final BookBalances balances;

    Posting(Connection connection) throws SQLException {
        player = connection.prepareStatement("INSERT OR IGNORE INTO player (id, name) VALUES (?, ?)");
        rename = connection.prepareStatement("UPDATE player SET name = ? WHERE id = ?");
        retarget = connection.prepareStatement("UPDATE OR REPLACE deed SET target = ? WHERE target = ? AND seq <= ?");
        entry = connection.prepareStatement(
                "INSERT INTO entry (number, position, id, kind, room, legs, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)");
        playerEntry = connection.prepareStatement(
                "INSERT INTO player_entry (player, at_ms, number, is_trade)" + " VALUES (?, ?, ?, ?)");
        itemEntry = connection.prepareStatement("INSERT OR IGNORE INTO item_entry (item, number) VALUES (?, ?)");
        deed = connection.prepareStatement("INSERT INTO deed (target, at_ms, seq, text) VALUES (?, ?, ?, ?)");
        endOfDeed = connection.prepareStatement("UPDATE deed SET text = ? WHERE target = ? AND seq = ?");
        balances = new BookBalances(connection);
    }

    BookBalances balances() {
        return balances;
    }

    void post(LedgerEntry it, long number) throws SQLException {
        String kind = TransactionId.undated(it.id()).kind();
        String room = it.room() == null ? "" : it.room().name();
        List<LedgerLeg> legs = balances.post(it);
        write(entry, number, it.position(), it.id(), kind, room, LegsText.of(legs), it.atMillis());
        for (Map.Entry<Long, String> party : it.names().entrySet()) {
            name(party.getKey(), party.getValue());
            write(playerEntry, party.getKey(), it.atMillis(), number, kind.equals(BookEntry.TRADE) ? 1 : 0);
        }
        for (LedgerLeg leg : legs) {
            for (long item : leg.items().keySet()) {
                write(itemEntry, item, number);
            }
            for (long item : leg.made().keySet()) {
                write(itemEntry, item, number);
            }
        }
    }

    void name(long id, String name) throws SQLException {
        if (named.size() >= NAMES_KNOWN_MAX) {
            named.clear();
        }
        if (named.add(id)) {
            write(player, id, name);
        }
    }

    /** Writes a command about a player: one row, whose text is later replaced by the outcome. */
    void post(AuditEntry it) throws SQLException {
        long begun = AuditedOrder.begunIn(it);
        if (begun == 0) {
            String words = AuditedOrder.words(it);
            String state = AuditedOrder.run(it) == null ? "" : "begun, its outcome is not known";
            String what = state + (state.isEmpty() || words.isEmpty() ? "" : ": ") + words;
            write(deed, it.target(), it.atMillis(), it.seq(), text(it, what));
        } else {
            write(endOfDeed, text(it, AuditedOrder.words(it)), it.target(), begun);
            Matcher erased = ERASED.matcher(AuditedOrder.words(it));
            if (it.action().equals(ERASE) && erased.find()) {
                // Whoever has taken the name since is somebody else.
                write(rename, erased.group(1), Long.valueOf(erased.group(2)));
                write(retarget, erased.group(1), it.target(), begun);
            }
        }
    }

    private static String text(AuditEntry it, String what) {
        return it.operator() + ": " + it.action() + ": " + what + " (because: " + it.reason() + ")";
    }

    static void write(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        statement.executeUpdate();
    }
}
