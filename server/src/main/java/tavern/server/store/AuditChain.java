package tavern.server.store;

import java.util.Optional;

/** Walks through the audit log, oldest entry first, and finds the first that is not as it was written. One thread's. */
public final class AuditChain {
    private long seq;
    private String hash = AuditEntry.GENESIS;

    /** What is wrong with the next entry, in words; empty when it fits. After a fault nothing more can be said. */
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
        seq = entry.seq();
        hash = entry.hash();
        return Optional.empty();
    }

    /** How many entries were sound. */
    public long seq() {
        return seq;
    }

    /** Of the last sound entry. Entries cut off at the end show only when this is compared with one noted before. */
    public String hash() {
        return hash;
    }
}
