package tavern.server.store.embedded;

import java.sql.SQLException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.ForeignValueException;
import tavern.server.time.MonotonicClock;

/**
 * Runs a batch of operations in one transaction, or in several if they take long, and answers them after the commit.
 * Confined to one thread, except {@link #available}.
 *
 * <p>When anything but an {@link OperationRefusedException} is thrown, the session is discarded with all its state,
 * which rolls the transaction back. An outage then fails all that ran in it; after any other failure they are
 * repeated one by one, so that only the faulty one fails.
 */
final class Transactions<S extends DatabaseSession> implements BatchWorker.Consumer<Operation<S, ?>>, AutoCloseable {
    interface SessionOpener<S> {
        S open() throws SQLException;
    }

    private static final Logger log = LoggerFactory.getLogger(Transactions.class);

    /** Many operations share a commit, but none waits for long because others are large. */
    private static final long BEFORE_COMMIT_NANOS_MAX = 50_000_000;

    private final SessionOpener<S> opener;
    private final DatabaseFailures outages;
    private final MonotonicClock clock;
    private final boolean grow;
    private @Nullable S session;
    private volatile boolean available = true;

    /**
     * @param grow whether a transaction also runs what comes while it runs, so that more share a commit; not for a connection
     *     that reads, which would not see what was committed meanwhile
     */
    Transactions(SessionOpener<S> opener, DatabaseFailures outages, MonotonicClock clock, boolean grow) {
        this.opener = opener;
        this.outages = outages;
        this.clock = clock;
        this.grow = grow;
    }

    /** Whether the last transaction succeeded. */
    boolean available() {
        return available;
    }

    @Override
    public void accept(List<Operation<S, ?>> batch, BooleanSupplier more) {
        for (int from = 0; from < batch.size(); ) {
            from = begin(batch, from, more);
        }
    }

    /** Runs as many of the operations as fit into one transaction, and returns up to where they were answered. */
    private int begin(List<Operation<S, ?>> batch, int from, BooleanSupplier more) {
        int to = from;
        Throwable failure = null;
        try {
            S current = current();
            long began = clock.read();
            current.begin();
            do {
                batch.get(to++).run(current);
            } while ((to < batch.size() || grow && more.getAsBoolean())
                    && clock.read() - began < BEFORE_COMMIT_NANOS_MAX);
            current.commit();
        } catch (Throwable e) { // whatever an operation throws, the thread must survive
            close();
            failure = e;
        }
        heard(failure != null && DatabaseFailures.isOutage(failure) ? failure : null);
        int answered = to == from ? batch.size() : to; // none can run where no transaction begins
        answer(batch.subList(from, answered), failure);
        return answered;
    }

    private void answer(List<Operation<S, ?>> ran, @Nullable Throwable failure) {
        if (failure == null) {
            ran.forEach(Operation::complete);
        } else if (DatabaseFailures.isOutage(failure)) {
            Exception reason = outages.unavailable(failure);
            ran.forEach(operation -> operation.fail(reason));
        } else if (ran.size() > 1) {
            ran.forEach(operation -> begin(List.of(operation), 0, () -> false));
        } else {
            log.error("a store operation failed and was rolled back", failure);
            ran.get(0)
                    .fail(
                            failure instanceof ForeignValueException foreign
                                    ? foreign
                                    : new IllegalStateException("store operation failed: " + failure, failure));
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
