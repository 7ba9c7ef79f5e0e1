package tavern.server.store;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tavern.server.game.Goods;
import tavern.server.game.Player;
import tavern.server.game.RoomId;

/**
 * A committed trade or a grant.
 *
 * @param position where it stands in the ledger, as its store calls it
 * @param reference of a trade its id; of a grant what made it unique
 * @param account the proposer; of a grant whoever got it
 * @param other the partner; null: it is a grant, and goods came out of the mint or went back to it
 * @param room where it was traded; null for a grant
 * @param gave what {@code account} gave to the other
 * @param got what {@code account} got from the other
 * @param made kinds, by id, of those items in {@code got} that did not exist before
 */
public record LedgerEntry(
        String position,
        String reference,
        Player account,
        @Nullable Player other,
        @Nullable RoomId room,
        Goods gave,
        Goods got,
        SortedMap<Long, String> made,
        long atMillis) {
    public LedgerEntry {
        made = Collections.unmodifiableSortedMap(new TreeMap<>(made));
    }

    public boolean isTrade() {
        return other != null;
    }
}
