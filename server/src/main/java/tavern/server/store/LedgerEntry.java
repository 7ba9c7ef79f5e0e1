package tavern.server.store;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tavern.game.RoomId;

/**
 * A committed transaction that moved goods.
 *
 * @param position where it is in the ledger, in the store's own notation
 * @param id as {@link TransactionId#text}
 * @param room on whose behalf it happened; null for none
 * @param fence of the room's owner; 0 without a room
 * @param names of the players and named accounts in the legs, by their numbers
 */
public record LedgerEntry(
        String position,
        String id,
        @Nullable RoomId room,
        long fence,
        long atMillis,
        List<LedgerLeg> legs,
        SortedMap<Long, String> names) {
    public LedgerEntry {
        legs = List.copyOf(legs);
        names = Collections.unmodifiableSortedMap(new TreeMap<>(names));
    }
}
