package tavern.server.store.embedded;

import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a batch of operations in one transaction and answers them after its commit. One thread's, but for
 * {@link #available}.
 *
 * <p>When anything but a {@link Refusal} comes out of it, the session is thrown away with all it remembers, which
 * takes the transaction back. An outage then fails the batch; after anything else its operations are done again one by
 * one, so that only the guilty one fails.
 */
final class Transactions<S extends Session> implements Consumer<List<Operation<S, ?>>>, AutoCloseable {
    interface SessionOpener<S> {
        S open() throws SQLException;
    }

    private static final Logger log = LoggerFactory.getLogger(Transactions.class);

    private final SessionOpener<S> opener;
    private final Outages outages;
    private @Nullable S session;
    private volatile boolean available = true;

    Transactions(SessionOpener<S> opener, Outages outages) {
        this.opener = opener;
        this.outages = outages;
    }

    /** Whether the last transaction went through. */
    boolean available() {
        return available;
    }

    @Override
    public void accept(List<Operation<S, ?>> batch) {
        Throwable failure = attempt(batch);
        if (failure == null) {
            batch.forEach(Operation::complete);
        } else if (Outages.isOutage(failure)) {
            Exception reason = outages.unavailable(failure);
            batch.forEach(operation -> operation.fail(reason));
        } else if (batch.size() > 1) {
            batch.forEach(operation -> accept(List.of(operation)));
        } else {
            log.error("a store operation failed and was taken back", failure);
            batch.get(0).fail(new IllegalStateException("store operation failed: " + failure, failure));
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
        } catch (Throwable e) { // whatever an operation throws, the thread lives on
            close();
            heard(Outages.isOutage(e) ? e : null);
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

    /** Logs the begin and the end of an outage, not every operation in between. */
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
