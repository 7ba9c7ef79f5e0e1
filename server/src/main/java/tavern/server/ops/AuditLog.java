package tavern.server.ops;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.AuditEntry;
import tavern.server.store.Store;

/** Writes down what operators do, one after another, each chained to the one before. Any thread. */
final class AuditLog {
    private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
    /** Other servers of the realm write into the same log. */
    private static final int ATTEMPTS_MAX = 20;

    private final Store store;
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

    AuditLog(Store store) {
        this.store = store;
    }

    /** Completes once the entry is safe. @param trace of the request, for the log */
    synchronized CompletionStage<AuditEntry> append(AuditEntry.Fact fact, String trace) {
        CompletableFuture<AuditEntry> written = last.handle((entry, failure) -> fact)
                .thenCompose(waited -> attempt(fact, trace, ATTEMPTS_MAX))
                .toCompletableFuture();
        last = written;
        return written;
    }

    private CompletionStage<AuditEntry> attempt(AuditEntry.Fact fact, String trace, int attempts) {
        return store.newestAudit().thenCompose(newest -> {
            AuditEntry entry = AuditEntry.after(newest.orElse(null), fact);
            return store.appendAudit(entry).thenCompose(appended -> {
                if (appended) {
                    log.info(
                            "audit {}: {} from {}: {} {}: {} (because: {}) {} trace {}",
                            entry.seq(),
                            fact.operator(),
                            fact.address(),
                            fact.action(),
                            fact.target(),
                            fact.result(),
                            fact.reason(),
                            entry.hash(),
                            trace);
                    return CompletableFuture.completedFuture(entry);
                }
                return attempts > 1
                        ? attempt(fact, trace, attempts - 1)
                        : CompletableFuture.failedFuture(
                                new IllegalStateException("others wrote to the audit log all the time"));
            });
        });
    }
}
