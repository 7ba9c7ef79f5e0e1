package tavern.server.ops;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.AuditEntry;
import tavern.server.store.Causes;
import tavern.server.store.Stages;
import tavern.server.time.MonotonicClock;

/**
 * Entries to be appended to the audit log, one at a time; each is tried until it is written, even during a long outage
 * of the store. Safe on any thread; only {@link #close} blocks.
 */
final class AuditQueue implements AutoCloseable {
    /** At this number no command is begun; the outcomes of commands already begun are still accepted. */
    static final int ENTRIES_MAX = 1_000;

    /** An entry that waits for longer than this indicates that the store does not answer. */
    private static final long LATE_MILLIS = 1_000;

    private static final long RETRY_MILLIS_MIN = 100;
    private static final long RETRY_MILLIS_MAX = 2_000;
    private static final long CLOSE_MILLIS_MAX = 1_000;
    private static final Logger log = LoggerFactory.getLogger(AuditQueue.class);

    private final AuditLog audit;
    private final MonotonicClock clock;

    // Guarded by this.
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean writing;
    private boolean failing;
    private boolean closed;
    private String problem = "";
    private long retryMillis = RETRY_MILLIS_MIN;

    AuditQueue(AuditLog audit, MonotonicClock clock) {
        this.audit = audit;
        this.clock = clock;
    }

    private static final class Waiting {
        final AuditEntry.Fact fact;
        final String trace;
        final long sinceMillis;
        final CompletableFuture<AuditEntry> written = new CompletableFuture<>();
        boolean tried;

        Waiting(AuditEntry.Fact fact, String trace, long sinceMillis) {
            this.fact = fact;
            this.trace = trace;
            this.sinceMillis = sinceMillis;
        }
    }

    /**
     * Completes once the entry is written. Fails with {@link RequestRefusedException}, without writing it, when too many
     * entries wait.
     */
    CompletableFuture<AuditEntry> add(AuditEntry.Fact fact, String trace) {
        synchronized (this) {
            if (waiting.size() >= ENTRIES_MAX) {
                return CompletableFuture.failedFuture(new RequestRefusedException(
                        503,
                        "BUSY",
                        ENTRIES_MAX
                                + " entries of the audit log wait to be written: nothing was done; look at the store",
                        1));
            }
        }
        return addOutcome(fact, trace);
    }

    /** Like {@link #add}, for a command that was begun: their number is bounded where they begin. */
    CompletableFuture<AuditEntry> addOutcome(AuditEntry.Fact fact, String trace) {
        Waiting added = new Waiting(fact, trace, clock.millis());
        boolean begin;
        synchronized (this) {
            waiting.add(added);
            begin = !writing && !closed;
            writing |= begin;
        }
        if (begin) {
            next();
        }
        return added.written;
    }

    /**
     * Removes an entry from the queue.
     *
     * @return false when it may have been written, and so stays in the queue
     */
    synchronized boolean withdraw(CompletableFuture<AuditEntry> written) {
        return waiting.removeIf(entry -> entry.written == written && !entry.tried);
    }

    /** Whether entries cannot be written at present. */
    synchronized boolean isLate() {
        Waiting first = waiting.peek();
        return failing || (first != null && clock.millis() - first.sinceMillis > LATE_MILLIS);
    }

    /** Why entries cannot be written at present; empty if they can, or if that is not yet known. */
    synchronized String problem() {
        return problem;
    }

    private void next() {
        Waiting first;
        synchronized (this) {
            first = waiting.peek();
            if (first == null || closed) {
                writing = false;
                return;
            }
            first.tried = true;
        }
        Stages.begin(() -> audit.append(first.fact, first.trace))
                .whenComplete((entry, failure) -> answered(first, entry, failure));
    }

    private void answered(Waiting first, @Nullable AuditEntry entry, @Nullable Throwable failure) {
        if (entry == null) {
            failed(failure);
            return;
        }
        boolean recovered;
        synchronized (this) {
            waiting.remove(first);
            recovered = failing;
            failing = false;
            problem = "";
            retryMillis = RETRY_MILLIS_MIN;
        }
        if (recovered) {
            log.info("the audit log is written to again");
        }
        first.written.complete(entry);
        next();
    }

    private void failed(@Nullable Throwable failure) {
        boolean isNew;
        long delayMillis;
        synchronized (this) {
            isNew = !failing;
            failing = true;
            problem = failure == null
                    ? "no answer"
                    : String.valueOf(Causes.of(failure).getMessage());
            delayMillis = retryMillis;
            retryMillis = Math.min(RETRY_MILLIS_MAX, 2 * retryMillis);
        }
        if (isNew) {
            log.warn("the audit log cannot be written to; trying again: {}", String.valueOf(failure));
        }
        CompletableFuture.delayedExecutor(delayMillis, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(this::next);
    }

    /** Waits briefly for the remaining entries; those that could not be written are in the server's log. */
    @Override
    public void close() {
        CompletableFuture<?>[] all;
        synchronized (this) {
            all = failing
                    ? new CompletableFuture<?>[0]
                    : waiting.stream().map(entry -> entry.written).toArray(CompletableFuture<?>[]::new);
        }
        try {
            CompletableFuture.allOf(all).get(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.debug("the audit log was not written to in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        List<Waiting> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(waiting);
        }
        for (Waiting entry : left) {
            log.error("perhaps not in the audit log: {} trace {}", entry.fact, entry.trace);
        }
    }
}
