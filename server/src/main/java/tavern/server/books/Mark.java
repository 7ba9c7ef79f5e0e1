package tavern.server.books;

import tavern.server.store.LedgerEntry;

/**
 * How far the books go.
 *
 * @param entries number of entries in the books
 * @param before position of the entry before the last; empty if there is none
 * @param position of the last entry; empty if there is none
 * @param reference the id of the last entry
 * @param atMillis of the last entry
 * @param deeds number of the last audit entry
 * @param deedHash its hash
 */
record Mark(
        long entries, String before, String position, String reference, long atMillis, long deeds, String deedHash) {
    boolean isAtTheBeginning() {
        return position.isEmpty();
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
