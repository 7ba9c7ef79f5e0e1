package tavern.server.store;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The operators' audit log: a chain of entries, each with the hash of the one before. It only grows. Once a stage
 * completes, its effect is durable.
 *
 * <p>No method blocks or throws; stages complete on the store's threads, where callbacks must be short or continue on
 * another thread. A stage fails with {@link StoreUnavailableException} when the store cannot be reached, is full, or has
 * too many operations in flight: the operation may or may not have been done, and can be repeated without harm.
 * An entry that is appended again is not written twice, because it does not follow from itself.
 */
public interface AuditStore {
    /**
     * Appends an operator's audit entry after the newest.
     *
     * @return false, with nothing written, when the entry does not follow from the newest: its {@code seq} is not the
     *     next, or its {@code previousHash} is not the newest entry's hash
     */
    CompletionStage<Boolean> appendAudit(AuditEntry entry);

    /** Returns the audit entries after {@code afterSeq}, in order. */
    CompletionStage<List<AuditEntry>> audit(long afterSeq, int max);

    /** Returns the newest audit entry; empty if there is none. */
    CompletionStage<Optional<AuditEntry>> newestAudit();
}
