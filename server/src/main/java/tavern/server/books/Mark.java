package tavern.server.books;

import tavern.server.store.LedgerEntry;
import tavern.server.store.Segment;

/**
 * How far the books go.
 *
 * @param entries number of entries in the books
 * @param before position of the entry before the last; empty if there is none
 * @param position of the last entry; empty if there is none. Books that begin with a checkpoint begin with the position of
 *     its last entry, which they have not got
 * @param reference the id of the last entry; empty if there is none
 * @param atMillis of the last entry
 * @param deeds number of the last audit entry
 * @param deedHash its hash
 */
record Mark(
        long entries, String before, String position, String reference, long atMillis, long deeds, String deedHash) {
    /** Whether not even a checkpoint was read. */
    boolean isAtTheBeginning() {
        return position.isEmpty();
    }

    /** Whether no entry was read. */
    boolean hasNoEntry() {
        return reference.isEmpty();
    }

    /** The books have what everybody has at the end of the segment. */
    Mark at(Segment segment) {
        return new Mark(0, segment.last(), segment.last(), "", segment.newestMillis(), deeds, deedHash);
    }

    boolean isLast(LedgerEntry entry) {
        return entry.position().equals(position) && entry.id().equals(reference) && entry.atMillis() == atMillis;
    }

    Mark after(LedgerEntry entry) {
        return new Mark(entries + 1, position, entry.position(), entry.id(), entry.atMillis(), deeds, deedHash);
    }

    Mark withDeeds(long seq, String hash) {
        return new Mark(entries, before, position, reference, atMillis, seq, hash);
    }
}
