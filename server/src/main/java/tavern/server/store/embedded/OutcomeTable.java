package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tavern.server.store.OutcomeForgottenException;
import tavern.server.store.Refusal;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionId;
import tavern.server.store.TransactionResult;

/**
 * Remembers how transactions ended, each id once, until it is told to forget. Rows are in the order of the ids' own time,
 * so that new ones fill few pages and old ones leave together.
 */
final class OutcomeTable {
    private final RememberedIds remembered;
    private final OutcomeQueries queries;
    private final PreparedStatement insert;
    private final PreparedStatement forgetDated;
    private final PreparedStatement forgetUndated;
    private final PreparedStatement moveLine;
    private long forgottenMillis;

    /** @param remembered is told of all ids that have an outcome from now on */
    OutcomeTable(Connection connection, RememberedIds remembered) throws SQLException {
        this.remembered = remembered;
        queries = new OutcomeQueries(connection);
        insert = connection.prepareStatement("INSERT INTO outcome (born_ms, id, at_ms, reason, at_index, text, memo)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (born_ms, id) DO NOTHING");
        forgetDated = connection.prepareStatement("DELETE FROM outcome WHERE (born_ms, id) IN (SELECT born_ms, id"
                + " FROM outcome WHERE born_ms > 0 AND born_ms < ? ORDER BY born_ms, id LIMIT ?) RETURNING born_ms");
        forgetUndated = connection.prepareStatement("DELETE FROM outcome WHERE born_ms = 0 AND id IN (SELECT id"
                + " FROM outcome INDEXED BY outcome_undated WHERE born_ms = 0 AND at_ms < ? ORDER BY at_ms LIMIT ?)");
        moveLine = connection.prepareStatement("UPDATE forgotten SET before_ms = ?");
        try (PreparedStatement line = connection.prepareStatement("SELECT before_ms FROM forgotten");
                ResultSet row = line.executeQuery()) {
            row.next();
            forgottenMillis = row.getLong(1);
        }
        try (PreparedStatement newest = connection.prepareStatement("SELECT max(born_ms) FROM outcome");
                ResultSet row = newest.executeQuery()) {
            row.next();
            remembered.begin(row.getLong(1));
        }
    }

    /** @throws OperationRefusedException when the id is so old that its outcome may have been forgotten */
    void requireNotForgotten(TransactionId id) throws OperationRefusedException {
        if (id.bornMillis() > 0 && id.bornMillis() < forgottenMillis) {
            throw new OperationRefusedException(new OutcomeForgottenException(id, forgottenMillis));
        }
    }

    /** @return false, with nothing written, when the id has an outcome already */
    boolean remember(Transaction transaction, @Nullable Refusal refusal) throws SQLException {
        remembered.add(transaction.id());
        insert.setLong(1, transaction.id().bornMillis());
        insert.setString(2, transaction.id().text());
        insert.setLong(3, transaction.atMillis());
        insert.setInt(4, refusal == null ? OutcomeQueries.COMMITTED : OutcomeQueries.number(refusal.reason()));
        insert.setInt(5, refusal == null ? 0 : refusal.index());
        insert.setString(6, refusal == null ? "" : refusal.text());
        insert.setBytes(7, transaction.memo());
        return insert.executeUpdate() == 1;
    }

    Optional<TransactionResult> find(TransactionId id) throws SQLException {
        return queries.find(id);
    }

    /** @return whether there may be more to forget */
    boolean forget(long beforeMillis, int max) throws SQLException {
        boolean more = forgetDated(beforeMillis, max);
        forgetUndated.setLong(1, beforeMillis);
        forgetUndated.setInt(2, max);
        return forgetUndated.executeUpdate() == max || more;
    }

    /**
     * The line moves only as far as there was something to forget: a clock that was far ahead for a while must not have all
     * new ids refused.
     */
    private boolean forgetDated(long beforeMillis, int max) throws SQLException {
        forgetDated.setLong(1, beforeMillis);
        forgetDated.setInt(2, max);
        int removed = 0;
        long line = forgottenMillis;
        try (ResultSet row = forgetDated.executeQuery()) {
            for (; row.next(); removed++) {
                line = Math.max(line, row.getLong(1) + 1);
            }
        }
        if (line > forgottenMillis) {
            moveLine.setLong(1, line);
            moveLine.executeUpdate();
            forgottenMillis = line;
        }
        return removed == max;
    }
}
