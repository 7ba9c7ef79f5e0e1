package tavern.server.store;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import tavern.server.game.Inventory;
import tavern.server.game.PlayerId;

/**
 * What some players own, all at one moment, and up to which entry the ledger went at that very moment.
 *
 * @param position of the ledger's newest entry; empty: there is none
 * @param through the last number that was looked at: there are no other players up to it; 2^63-1 when there are none
 *     after these
 * @param isLast whether there are no players after these
 * @param inventories by the players' numbers
 * @param unreadable what of them is not as a server would have written it, in words
 */
public record Holdings(
        String position,
        long through,
        boolean isLast,
        SortedMap<PlayerId, Inventory> inventories,
        List<String> unreadable) {
    public Holdings {
        inventories = Collections.unmodifiableSortedMap(new TreeMap<>(inventories));
        unreadable = List.copyOf(unreadable);
    }
}
