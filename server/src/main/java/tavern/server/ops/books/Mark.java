package tavern.server.ops.books;

import tavern.server.store.LedgerEntry;

/**
 * How far the books go.
 *
 * @param entries that are in them
 * @param before position of the entry before the last; empty: there is none
 * @param position of the last entry; empty: there is none
 * @param reference of the last entry
 * @param atMillis of the last entry
 * @param deeds the last operator's deed
 * @param deedHash its hash
 */
record Mark(
        long entries, String before, String position, String reference, long atMillis, long deeds, String deedHash) {
    boolean isAtTheBeginning() {
        return position.isEmpty();
    }

    boolean isLast(LedgerEntry entry) {
        return entry.position().equals(position) && entry.reference().equals(reference) && entry.atMillis() == atMillis;
    }

    /** @param more how many entries it adds: one, or none when it moved nothing */
    Mark after(LedgerEntry entry, int more) {
        return new Mark(
                entries + more, position, entry.position(), entry.reference(), entry.atMillis(), deeds, deedHash);
    }

    Mark withDeeds(long seq, String hash) {
        return new Mark(entries, before, position, reference, atMillis, seq, hash);
    }
}
