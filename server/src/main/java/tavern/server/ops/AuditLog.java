package tavern.server.ops;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditStore;

/** Appends entries to the chain of the audit log. Used by {@link AuditQueue}, which appends one at a time. */
final class AuditLog {
    private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
    /** More than one, because other servers of the realm write to the same log. */
    private static final int ATTEMPTS_MAX = 20;

    private final AuditStore store;
    private final Runnable written;

    /** The entry of the last attempt, while it is not known whether it was written. */
    private volatile @Nullable AuditEntry unanswered;

    /** @param written runs after each entry that this server has written */
    AuditLog(AuditStore store, Runnable written) {
        this.store = store;
        this.written = written;
    }

    /**
     * Completes once the entry is durable. When it fails, the entry may have been written nevertheless: the next call
     * must be for the same fact, and writes it only if it is not there.
     *
     * @param trace of the request, for the server's log
     */
    CompletionStage<AuditEntry> append(AuditEntry.Fact fact, String trace) {
        return attempt(fact, trace, ATTEMPTS_MAX);
    }

    private CompletionStage<AuditEntry> attempt(AuditEntry.Fact fact, String trace, int attempts) {
        return store.newestAudit().thenCompose(newest -> {
            AuditEntry before = newest.orElse(null);
            AuditEntry tried = unanswered;
            if (tried == null || before == null || before.seq() < tried.seq()) {
                return write(before, fact, trace, attempts);
            }
            return store.audit(tried.seq() - 1, 1).thenCompose(found -> {
                unanswered = null;
                return found.contains(tried)
                        ? CompletableFuture.completedFuture(written(tried, trace))
                        : write(before, fact, trace, attempts);
            });
        });
    }

    private CompletionStage<AuditEntry> write(
            @Nullable AuditEntry before, AuditEntry.Fact fact, String trace, int attempts) {
        AuditEntry entry = AuditEntry.after(before, fact);
        unanswered = entry;
        return store.appendAudit(entry).thenCompose(appended -> {
            if (appended) {
                unanswered = null;
                return CompletableFuture.completedFuture(written(entry, trace));
            }
            return attempts > 1
                    ? attempt(fact, trace, attempts - 1)
                    : CompletableFuture.failedFuture(
                            new IllegalStateException("other servers kept writing to the audit log"));
        });
    }

    private AuditEntry written(AuditEntry entry, String trace) {
        log.info(
                "audit {}: {} from {}: {} {}: {} (because: {}) {} trace {}",
                entry.seq(),
                entry.operator(),
                entry.address(),
                entry.action(),
                entry.target(),
                entry.result(),
                entry.reason(),
                entry.hash(),
                trace);
        written.run();
        return entry;
    }
}
