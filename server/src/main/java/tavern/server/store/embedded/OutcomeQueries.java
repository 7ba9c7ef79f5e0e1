package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import tavern.server.store.Refusal;
import tavern.server.store.TransactionId;
import tavern.server.store.TransactionResult;

/** Finds the outcomes of transactions. */
final class OutcomeQueries {
    /** What stands for the reason of a transaction that was committed; reasons are numbered from 1. */
    static final int COMMITTED = 0;

    private static final Refusal.Reason[] REASONS = Refusal.Reason.values();

    private final PreparedStatement select;

    OutcomeQueries(Connection connection) throws SQLException {
        select = connection.prepareStatement(
                "SELECT reason, at_index, text, memo, at_ms FROM outcome WHERE born_ms = ? AND id = ?"
                        // Of ids that are refused as too old, some are left until the next step.
                        + " AND (born_ms = 0 OR born_ms >= (SELECT before_ms FROM forgotten))");
    }

    static int number(Refusal.Reason reason) {
        return reason.ordinal() + 1;
    }

    /** Returns what a repeat of the transaction gets. */
    Optional<TransactionResult> find(TransactionId id) throws SQLException {
        select.setLong(1, id.bornMillis());
        select.setString(2, id.text());
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            int reason = row.getInt(1);
            Refusal refusal =
                    reason == COMMITTED ? null : new Refusal(REASONS[reason - 1], row.getInt(2), row.getString(3));
            byte[] memo = row.getBytes(4);
            return Optional.of(new TransactionResult(
                    id, refusal, true, memo == null ? new byte[0] : memo, row.getLong(5), Map.of()));
        }
    }
}
