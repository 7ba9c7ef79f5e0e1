package tavern.server.store;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import tavern.game.PlayerId;
import tavern.server.game.Inventory;

/**
 * What some players own at one moment, with the newest ledger entry at that very moment.
 *
 * @param position the position of the ledger's newest entry; empty if there is none
 * @param through the last player number that was examined: there are no other players up to it; 2^63-1 when there are
 *     none after these
 * @param isLast whether there are no players after these
 * @param inventories by the players' numbers
 * @param unreadable those of their values that no server would have written, in words
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
