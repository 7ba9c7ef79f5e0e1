package tavern.server.store;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Walks through the audit log, oldest entry first, and finds the first entry that was changed. Somebody who can write
 * to the log can rewrite all of it with matching hashes; anchors, which are kept elsewhere, reveal that. Confined to
 * one thread.
 */
public final class AuditChain {
    private final List<AuditAnchor> anchors;
    private long seq;
    private String hash = AuditEntry.GENESIS;

    /** @param anchors heads that the log must agree with */
    public AuditChain(Collection<AuditAnchor> anchors) {
        this.anchors = List.copyOf(anchors);
    }

    /**
     * Says in words what is wrong with the next entry; empty if it fits. After a fault, further results mean nothing.
     */
    public Optional<String> add(AuditEntry entry) {
        if (entry.seq() != seq + 1) {
            return Optional.of("entry " + (seq + 1) + " is missing; after " + seq + " comes " + entry.seq());
        }
        if (!entry.previousHash().equals(hash)) {
            return Optional.of("entry " + entry.seq() + " does not follow from the one before");
        }
        if (!entry.hash().equals(entry.expectedHash())) {
            return Optional.of("entry " + entry.seq() + " was changed after it was written");
        }
        for (AuditAnchor anchor : anchors) {
            if (anchor.seq() == entry.seq() && !anchor.hash().equals(entry.hash())) {
                return Optional.of("entry " + entry.seq() + " is not the one that " + anchor.where()
                        + " remembers: the log was written anew");
            }
        }
        seq = entry.seq();
        hash = entry.hash();
        return Optional.empty();
    }

    /** Says in words what is wrong if no more entries follow; empty if nothing is. */
    public Optional<String> end() {
        return anchors.stream()
                .filter(anchor -> anchor.seq() > seq)
                .findFirst()
                .map(anchor -> "the log ends with entry " + seq + ", but " + anchor.where() + " remembers entry "
                        + anchor.seq() + ": entries were cut off");
    }

    /** Whether this entry was the last to be added. */
    public boolean isLast(AuditEntry entry) {
        return entry.seq() == seq && entry.hash().equals(hash) && entry.hash().equals(entry.expectedHash());
    }

    /** The number of the last sound entry. */
    public long seq() {
        return seq;
    }

    /** The hash of the last sound entry. */
    public String hash() {
        return hash;
    }
}
