package tavern.server.store.embedded;

import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.ForeignValueException;

/**
 * Runs a batch of operations in one transaction and answers them after its commit. Confined to one thread, except
 * {@link #available}.
 *
 * <p>When anything but an {@link OperationRefusedException} is thrown, the session is discarded with all its state,
 * which rolls the transaction back. An outage then fails the whole batch; after any other failure the operations are
 * repeated one by one, so that only the faulty one fails.
 */
final class Transactions<S extends DatabaseSession> implements Consumer<List<Operation<S, ?>>>, AutoCloseable {
    interface SessionOpener<S> {
        S open() throws SQLException;
    }

    private static final Logger log = LoggerFactory.getLogger(Transactions.class);

    private final SessionOpener<S> opener;
    private final DatabaseFailures outages;
    private @Nullable S session;
    private volatile boolean available = true;

    Transactions(SessionOpener<S> opener, DatabaseFailures outages) {
        this.opener = opener;
        this.outages = outages;
    }

    /** Whether the last transaction succeeded. */
    boolean available() {
        return available;
    }

    @Override
    public void accept(List<Operation<S, ?>> batch) {
        Throwable failure = attempt(batch);
        if (failure == null) {
            batch.forEach(Operation::complete);
        } else if (DatabaseFailures.isOutage(failure)) {
            Exception reason = outages.unavailable(failure);
            batch.forEach(operation -> operation.fail(reason));
        } else if (batch.size() > 1) {
            batch.forEach(operation -> accept(List.of(operation)));
        } else {
            log.error("a store operation failed and was rolled back", failure);
            batch.get(0)
                    .fail(
                            failure instanceof ForeignValueException foreign
                                    ? foreign
                                    : new IllegalStateException("store operation failed: " + failure, failure));
        }
    }

    private @Nullable Throwable attempt(List<Operation<S, ?>> batch) {
        try {
            S current = current();
            current.begin();
            for (Operation<S, ?> operation : batch) {
                operation.run(current);
            }
            current.commit();
            heard(null);
            return null;
        } catch (Throwable e) { // whatever an operation throws, the thread must survive
            close();
            heard(DatabaseFailures.isOutage(e) ? e : null);
            return e;
        }
    }

    private S current() throws SQLException {
        S current = session;
        if (current == null) {
            current = opener.open();
            session = current;
        }
        return current;
    }

    /** Logs the beginning and the end of an outage, not every operation in between. */
    private void heard(@Nullable Throwable outage) {
        if (available && outage != null) {
            log.warn("{}", outages.unavailable(outage).getMessage());
        } else if (!available && outage == null) {
            log.info("the store answers again");
        }
        available = outage == null;
    }

    @Override
    public void close() {
        S last = session;
        session = null;
        if (last != null) {
            try {
                last.close();
            } catch (SQLException e) {
                log.warn("a connection of the store could not be closed", e);
            }
        }
    }
}
