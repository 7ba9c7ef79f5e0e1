package tavern.server.ops.books;

/**
 * A committed trade or a grant.
 *
 * @param number which entry of the ledger it is, from 1
 * @param reference of a trade its id; of a grant what made it unique
 * @param account the proposer; of a grant whoever got it
 * @param other the partner; empty: it is a grant
 * @param room empty for a grant
 * @param gave what {@code account} gave
 * @param got what {@code account} got
 */
public record BookEntry(
        long number,
        String reference,
        String account,
        String other,
        String room,
        KnownGoods gave,
        KnownGoods got,
        long atMillis) {
    public boolean isTrade() {
        return !other.isEmpty();
    }
}
