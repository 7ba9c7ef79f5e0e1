package tavern.server.books;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A committed transaction that moved goods.
 *
 * @param number of the ledger entry, from 1
 * @param kind of the transaction: the part of its id before the first colon
 * @param reference the id of a trade, the reference that makes a grant unique, otherwise the whole id of the transaction
 * @param proposer of a trade; otherwise empty
 * @param room empty for none
 */
public record BookEntry(
        long number, String kind, String reference, String proposer, String room, List<BookLeg> legs, long atMillis) {
    static final String TRADE = "trade";

    public BookEntry {
        legs = List.copyOf(legs);
    }

    public boolean isTrade() {
        return kind.equals(TRADE);
    }

    /** All that went out of the account. */
    public KnownGoods given(String account) {
        return sum(legs.stream().filter(leg -> leg.from().equals(account)).toList());
    }

    /** All that came to the account. */
    public KnownGoods received(String account) {
        return sum(legs.stream().filter(leg -> leg.to().equals(account)).toList());
    }

    /** The accounts, other than this one, that gave anything to it or got anything from it; without mints. */
    public SortedSet<String> partnersOf(String account) {
        SortedSet<String> partners = new TreeSet<>();
        for (BookLeg leg : legs) {
            if (leg.from().equals(account) && !leg.isToMint()) {
                partners.add(leg.to());
            } else if (leg.to().equals(account) && !leg.isFromMint()) {
                partners.add(leg.from());
            }
        }
        return partners;
    }

    private static KnownGoods sum(List<BookLeg> legs) {
        SortedMap<String, Long> stacks = new TreeMap<>();
        SortedMap<Long, String> items = new TreeMap<>();
        for (BookLeg leg : legs) {
            leg.goods().stacks().forEach((kind, count) -> stacks.merge(kind, count, Long::sum));
            items.putAll(leg.goods().items());
        }
        return new KnownGoods(stacks, items);
    }
}
